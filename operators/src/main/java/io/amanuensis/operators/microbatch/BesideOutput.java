package io.amanuensis.operators.microbatch;

import java.io.Serializable;
import java.util.function.BiFunction;
import org.apache.flink.util.OutputTag;

/**
 * What an operator emits on a side output beside some of its results.
 *
 * @param of makes it of the element and its result; null for none
 */
public record BesideOutput<I, O, S>(OutputTag<S> tag, Of<I, O, S> of) implements Serializable {

    /** Serializable with the operator. */
    public interface Of<I, O, S> extends BiFunction<I, O, S>, Serializable {}
}
