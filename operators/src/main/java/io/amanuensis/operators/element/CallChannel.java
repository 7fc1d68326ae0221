package io.amanuensis.operators.element;

import io.amanuensis.schemas.ChannelRole;
import java.util.Objects;

/** What all elements of one channel and stream epoch have in common. Treated as immutable. */
public final class CallChannel {
    public String tenant;
    public String callId;
    /** Channel index within the call, from 0. */
    public int channel;

    public ChannelRole role;
    public int streamEpoch;
    /** When the call began, UTC epoch ms: the zero of the call's clock. */
    public long callStartEpochMs;
    /** Whisper's language code, or null. */
    public String languageHint;

    public CallChannel() {}

    public CallChannel(
            String tenant,
            String callId,
            int channel,
            ChannelRole role,
            int streamEpoch,
            long callStartEpochMs,
            String languageHint) {
        this.tenant = tenant;
        this.callId = callId;
        this.channel = channel;
        this.role = role;
        this.streamEpoch = streamEpoch;
        this.callStartEpochMs = callStartEpochMs;
        this.languageHint = languageHint;
    }

    public ChannelKey key() {
        return new ChannelKey(tenant, callId, channel);
    }

    public CallKey callKey() {
        return new CallKey(tenant, callId);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CallChannel that
                && tenant.equals(that.tenant)
                && callId.equals(that.callId)
                && channel == that.channel
                && role == that.role
                && streamEpoch == that.streamEpoch
                && callStartEpochMs == that.callStartEpochMs
                && Objects.equals(languageHint, that.languageHint);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, callId, channel, streamEpoch);
    }

    @Override
    public String toString() {
        return tenant + "/" + callId + "/" + channel + "@" + streamEpoch;
    }
}
