package dev.nst.cuda.emulation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips a test class, of JUnit or of jqwik, where the emulated CUDA device cannot be built, saying
 * why and what to install. With {@code -Dnst.requireBackend=cuda} nothing is skipped, so that the
 * tests fail; with {@code -Dnst.cuda.device=real} the emulation is not needed.
 */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(OnEmulatedCuda.JupiterCondition.class)
@AddLifecycleHook(OnEmulatedCuda.JqwikCondition.class)
public @interface OnEmulatedCuda {

  /** The condition for JUnit. */
  final class JupiterCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return EmulatedCuda.reasonToSkip()
          .map(ConditionEvaluationResult::disabled)
          .orElseGet(() -> ConditionEvaluationResult.enabled("the emulation can be built"));
    }
  }

  /** The condition for jqwik. */
  final class JqwikCondition implements SkipExecutionHook {

    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
      return EmulatedCuda.reasonToSkip().map(SkipResult::skip).orElseGet(SkipResult::doNotSkip);
    }
  }
}
