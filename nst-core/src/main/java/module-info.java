/** Neural style transfer: tensors, the backend seam, autograd, the network and its losses. */
// TwelveMonkeys' jars have no descriptor, but a fixed name each.
@SuppressWarnings("requires-automatic")
module dev.nst.core {
  requires transitive java.desktop;
  requires com.fasterxml.jackson.core;
  requires com.twelvemonkeys.imageio.core;
  requires com.twelvemonkeys.imageio.jpeg;
  requires com.twelvemonkeys.imageio.metadata;
  requires com.twelvemonkeys.imageio.tiff;
  requires com.twelvemonkeys.imageio.webp;
  requires org.slf4j;

  exports dev.nst;
  exports dev.nst.autograd;
  exports dev.nst.autograd.op;
  exports dev.nst.backend;
  exports dev.nst.image;
  exports dev.nst.io;
  exports dev.nst.loss;
  exports dev.nst.model;
  exports dev.nst.optim;
  exports dev.nst.recipe;
  exports dev.nst.tensor;
  exports dev.nst.transfer;
  exports dev.nst.weights;

  uses dev.nst.backend.BackendProvider;
}
