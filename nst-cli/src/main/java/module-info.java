/** The command line. */
module dev.nst.cli {
  requires dev.nst.core;
  requires dev.nst.converter;
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires org.slf4j;

  opens dev.nst.cli to
      info.picocli;
}
