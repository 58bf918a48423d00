/** The NVIDIA backend. */
module dev.nst.cuda {
  requires dev.nst.core;
  requires org.slf4j;
}
