package io.amanuensis.operators.account;

import io.amanuensis.operators.Uids;
import io.amanuensis.schemas.CallRecord;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Counters of {@code account}, in the group of that name. */
public final class AccountMetrics {
    /** Records of calls, revisions included. */
    public static final String CALLS_PUBLISHED = "callsPublished";
    /** Those of {@link #CALLS_PUBLISHED} that replace one. */
    public static final String CALLS_REVISED = "callsRevised";
    /** Utterances that were parked and came back into their call's record. */
    public static final String SPANS_AMENDED = "spansAmended";
    /** Those that could not: their call is forgotten, or had them already. */
    public static final String AMENDMENTS_IGNORED = "amendmentsIgnored";
    /** Channels of published calls whose ledger does not close. Anything but 0 is a fault of this job. */
    public static final String LEDGERS_OPEN = "ledgersOpen";
    /** Calls without texts, or without some of their turns, for their size. */
    public static final String CALLS_CUT = "callsCut";

    private final Counter ledgersOpen;
    private final Counter callsPublished;
    private final Counter callsRevised;
    private final Counter callsCut;
    private final Counter spansAmended;
    private final Counter amendmentsIgnored;

    AccountMetrics(MetricGroup operator) {
        MetricGroup group = operator.addGroup(Uids.ACCOUNT);
        callsPublished = group.counter(CALLS_PUBLISHED);
        callsRevised = group.counter(CALLS_REVISED);
        ledgersOpen = group.counter(LEDGERS_OPEN);
        callsCut = group.counter(CALLS_CUT);
        spansAmended = group.counter(SPANS_AMENDED);
        amendmentsIgnored = group.counter(AMENDMENTS_IGNORED);
    }

    void amended() {
        spansAmended.inc();
    }

    void amendmentIgnored() {
        amendmentsIgnored.inc();
    }

    void published(CallRecord record) {
        callsPublished.inc();
        if (record.getRevision() > 0) {
            callsRevised.inc();
        }
        if (record.getTextOmitted() || record.getTurnsOmitted() > 0) {
            callsCut.inc();
        }
        ledgersOpen.inc(record.getChannels().stream()
                .filter(channel -> !channel.getLedgerClosed())
                .count());
    }
}
