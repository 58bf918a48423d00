package dev.nst.contract;

/**
 * What every {@link dev.nst.backend.Backend} must do: each kernel against {@link Reference64} over
 * shapes with odd sizes and single pixels, memory, recordings, and kernels that read what others
 * wrote. A backend's test extends this and opens it.
 */
public abstract class BackendContract extends BackendSuite
    implements MemoryContract,
        ConvolutionContract,
        ActivationContract,
        MatrixContract,
        ElementwiseContract,
        LossContract,
        OptimizerContract,
        ChainContract {}
