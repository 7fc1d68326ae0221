package io.amanuensis.operators.element;

import java.util.Objects;

/** One channel of a call: the key of {@code sequence}, {@code decode-audio} and {@code find-speech}. */
public final class ChannelKey {
    public String tenant;
    public String callId;
    public int channel;

    public ChannelKey() {}

    public ChannelKey(String tenant, String callId, int channel) {
        this.tenant = tenant;
        this.callId = callId;
        this.channel = channel;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChannelKey key
                && channel == key.channel
                && tenant.equals(key.tenant)
                && callId.equals(key.callId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, callId, channel);
    }

    @Override
    public String toString() {
        return tenant + "/" + callId + "/" + channel;
    }
}
