package io.amanuensis.operators.account;

import io.amanuensis.schemas.Digests;
import java.util.Arrays;
import java.util.Comparator;

/** What is known of a call beside its turns: keyed state. */
public final class CallAccount {
    public String tenant;
    public String callId;
    public long callStartEpochMs;
    /** Of the next record. */
    public int revision;
    /** Something came since the last record. */
    public boolean changed;
    /** When it came, processing time. */
    public long changedMs;
    /** When the call may be over, processing time; 0 if no timer is set. */
    public long timerMs;

    /** By channel index. */
    public ChannelTotals[] channels = {};

    /** Turns kept, with how many bytes of text in UTF-8; and those not kept. */
    public int turns;

    public long textBytes;
    public int turnsOmitted;

    public CallAccount() {}

    /** Null if nothing was heard of it. */
    ChannelTotals knownChannel(int index) {
        for (ChannelTotals totals : channels) {
            if (totals.channel == index) {
                return totals;
            }
        }
        return null;
    }

    ChannelTotals channel(int index) {
        ChannelTotals known = knownChannel(index);
        if (known != null) {
            return known;
        }
        ChannelTotals totals = new ChannelTotals(index);
        channels = Arrays.copyOf(channels, channels.length + 1);
        channels[channels.length - 1] = totals;
        Arrays.sort(channels, Comparator.comparingInt(each -> each.channel));
        return totals;
    }

    /** Counts a text; whether it is to be kept. */
    boolean takesText(String text) {
        textBytes += Digests.utf8(text).length;
        return textBytes <= CallRecords.MAX_RECORD_BYTES;
    }

    boolean hasEnded() {
        return Arrays.stream(channels).allMatch(ChannelTotals::hasEnded);
    }
}
