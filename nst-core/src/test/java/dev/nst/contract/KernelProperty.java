package dev.nst.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Property;

/** A property that every run tries on the same cases, corners first. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Property(
    tries = 40,
    seed = "20150826",
    edgeCases = EdgeCasesMode.FIRST,
    afterFailure = AfterFailureMode.RANDOM_SEED)
@interface KernelProperty {}
