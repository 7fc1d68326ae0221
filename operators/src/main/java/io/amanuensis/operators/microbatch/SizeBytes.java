package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.util.function.ToLongFunction;

/** How many bytes of a checkpoint an element takes. */
public interface SizeBytes<I> extends ToLongFunction<I>, Serializable {}
