package dev.nst.contract;

/** A part of a contract: properties of one group of kernels. */
interface OnBench {

  /** Returns the backend under test and what belongs to it. */
  Workbench bench();
}
