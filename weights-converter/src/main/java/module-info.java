/** Converts PyTorch checkpoints to safetensors. */
module dev.nst.converter {
  requires transitive dev.nst.core;
  requires com.fasterxml.jackson.core;

  exports dev.nst.converter;
}
