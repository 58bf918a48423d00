package dev.nst.contract;

/**
 * What automatic differentiation must do on every {@link dev.nst.backend.Backend}: the gradient of
 * each operation and of chains against central differences of {@link Reference64}, and the tape's
 * bookkeeping. A backend's test extends this and opens it.
 */
public abstract class GradientContract extends BackendSuite
    implements OpGradientContract,
        ChainGradientContract,
        TapeContract,
        TermsContract,
        RegionContract {}
