package io.amanuensis.operators.assemble;

import io.amanuensis.operators.element.CallChannel;
import java.util.Objects;

/** Names a span or a window within its call: the key of the maps in {@link Assemble}'s state. */
public final class SpanKey {
    public int channel;
    public int streamEpoch;
    public long index;

    public SpanKey() {}

    SpanKey(CallChannel channel, long index) {
        this.channel = channel.channel;
        this.streamEpoch = channel.streamEpoch;
        this.index = index;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SpanKey that
                && channel == that.channel
                && streamEpoch == that.streamEpoch
                && index == that.index;
    }

    @Override
    public int hashCode() {
        return Objects.hash(channel, streamEpoch, index);
    }
}
