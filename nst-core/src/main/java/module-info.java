/** Neural style transfer: tensors, the backend seam, autograd, the network and its losses. */
module dev.nst.core {
  requires transitive java.desktop;
  requires com.fasterxml.jackson.core;
  requires org.slf4j;

  exports dev.nst;
  exports dev.nst.image;
  exports dev.nst.tensor;
  exports dev.nst.weights;
}
