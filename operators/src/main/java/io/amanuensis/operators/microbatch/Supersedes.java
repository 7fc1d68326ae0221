package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.util.function.BiPredicate;

/** Whether the first element makes the second, older one pointless. */
public interface Supersedes<I> extends BiPredicate<I, I>, Serializable {}
