package io.amanuensis.operators.element;

import java.util.Objects;

/** A call of a tenant: the key of {@code assemble} and of every output topic. */
public final class CallKey {
    public String tenant;
    public String callId;

    public CallKey() {}

    public CallKey(String tenant, String callId) {
        this.tenant = tenant;
        this.callId = callId;
    }

    /** The Kafka key: {@code tenant/callId}. */
    public String kafkaKey() {
        return tenant + "/" + callId;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CallKey key && tenant.equals(key.tenant) && callId.equals(key.callId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, callId);
    }

    @Override
    public String toString() {
        return kafkaKey();
    }
}
