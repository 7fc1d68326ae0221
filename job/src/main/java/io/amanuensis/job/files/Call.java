package io.amanuensis.job.files;

import io.amanuensis.schemas.ChannelRole;
import java.io.Serializable;
import java.util.List;

/**
 * What a recording does not say of itself.
 *
 * @param startEpochMs when the call began, UTC
 * @param roles of the channels from 0 on; further channels are UNKNOWN
 * @param languageHint Whisper's code, or null
 */
public record Call(String tenant, String callId, long startEpochMs, List<ChannelRole> roles, String languageHint)
        implements Serializable {
    public Call {
        roles = List.copyOf(roles);
    }

    ChannelRole role(int channel) {
        return channel < roles.size() ? roles.get(channel) : ChannelRole.UNKNOWN;
    }
}
