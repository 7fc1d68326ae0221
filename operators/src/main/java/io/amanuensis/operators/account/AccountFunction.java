package io.amanuensis.operators.account;

import io.amanuensis.operators.account.ChannelTotals.Amendment;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.CallKey;
import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.operators.lifetime.ChannelLifetime;
import io.amanuensis.operators.lifetime.ChannelLifetime.Fired;
import io.amanuensis.schemas.CallEnd;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.ChannelAccount;
import io.amanuensis.schemas.ChannelRole;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage {@code account}: keeps the ledger and the turns of every call, and publishes its record when it is over.
 *
 * <ul>
 *   <li>A channel was counted, or a span settled: {@link #processElement1}, {@link #processElement2}, in any order between the two.
 *   <li>A window that was parked has been transcribed since: its time in the ledger is a dead letter no longer, and its turn is one of the
 *       call. That makes a further revision, if the call is not forgotten; the same news a second time changes nothing.
 *   <li>Every channel heard of has ended on both sides, and nothing came for the settle time: the record is published. What comes
 *       later, up to the time to live, makes a further revision by the same rule.
 *   <li>Nothing came for the time to live: a call that changed since its last record is published as it is, and forgotten.
 *   <li>The bounded input ends: the same, at once.
 * </ul>
 *
 * <p>A timer of the settle time that was set before a restore may fire too early; then a revision follows. Kept of a call:
 * {@link CallRecords#MAX_TURNS} turns with a megabyte of text, and sums.
 */
public final class AccountFunction extends KeyedCoProcessFunction<CallKey, CountedSound, SettledSpan, CallRecord> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(AccountFunction.class);

    /** Of replayed spans that wait for their dead letter: windows of one channel that are parked at once are fewer. */
    private static final int MAX_EARLY = 1_000;

    private final AccountSettings settings;

    private transient ValueState<CallAccount> accounts;
    private transient ListState<SpokenTurn> turns;
    private transient ListState<SettledSpan> earlySpans;
    private transient ChannelLifetime lifetime;
    private transient AccountMetrics metrics;

    public AccountFunction(AccountSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        accounts = getRuntimeContext().getState(new ValueStateDescriptor<>("account", CallAccount.class));
        turns = getRuntimeContext().getListState(new ListStateDescriptor<>("turns", SpokenTurn.class));
        earlySpans =
                getRuntimeContext().getListState(new ListStateDescriptor<>("early-replayed-spans", SettledSpan.class));
        lifetime = new ChannelLifetime(getRuntimeContext(), settings.timeToLive());
        metrics = new AccountMetrics(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement1(CountedSound sound, Context context, Collector<CallRecord> out) throws Exception {
        CallAccount account = account(sound.channel);
        channel(account, sound.channel).add(sound);
        changed(account, context.timerService());
    }

    @Override
    public void processElement2(SettledSpan span, Context context, Collector<CallRecord> out) throws Exception {
        if (span.replayed) {
            amend(span, context.timerService());
            return;
        }
        CallAccount account = account(span.channel);
        channel(account, span.channel).add(span);
        if (span.turn != null) {
            keep(span.turn, account);
        }
        if (span.kind == SettledSpan.Kind.DEAD_LETTER) {
            amendWithEarlyOnes(account);
        }
        changed(account, context.timerService());
    }

    /** A window that was parked has been transcribed. Its dead letter may be on its way still, behind the windows before it. */
    private void amend(SettledSpan span, TimerService timers) throws Exception {
        CallAccount account = accounts.value();
        switch (account == null ? Amendment.NONE : amend(account, span)) {
            case MADE -> changed(account, timers);
            case EARLY -> keepEarly(span);
            case NONE -> metrics.amendmentIgnored();
        }
    }

    private Amendment amend(CallAccount account, SettledSpan span) throws Exception {
        ChannelTotals totals = account.knownChannel(span.channel.channel);
        Amendment amendment = totals == null ? Amendment.EARLY : totals.amend(span);
        if (amendment == Amendment.MADE) {
            metrics.amended();
            if (span.turn != null) {
                keep(span.turn, account);
            }
        }
        return amendment;
    }

    private void keepEarly(SettledSpan span) throws Exception {
        List<SettledSpan> early = early();
        if (early.size() == MAX_EARLY) {
            metrics.amendmentIgnored();
        } else {
            earlySpans.add(span);
        }
    }

    private void amendWithEarlyOnes(CallAccount account) throws Exception {
        List<SettledSpan> left = new ArrayList<>();
        for (SettledSpan span : early()) {
            if (amend(account, span) == Amendment.EARLY) {
                left.add(span);
            }
        }
        earlySpans.update(left);
    }

    private List<SettledSpan> early() throws Exception {
        List<SettledSpan> early = new ArrayList<>();
        earlySpans.get().forEach(early::add);
        return early;
    }

    private CallAccount account(CallChannel channel) throws Exception {
        CallAccount account = accounts.value();
        if (account == null) {
            account = new CallAccount();
            account.tenant = channel.tenant;
            account.callId = channel.callId;
            account.callStartEpochMs = channel.callStartEpochMs;
        }
        return account;
    }

    private static ChannelTotals channel(CallAccount account, CallChannel channel) {
        ChannelTotals totals = account.channel(channel.channel);
        if (channel.role != ChannelRole.UNKNOWN) {
            totals.role = channel.role;
        }
        return totals;
    }

    private void keep(SpokenTurn turn, CallAccount account) throws Exception {
        if (account.turns == CallRecords.MAX_TURNS) {
            account.turnsOmitted++;
            return;
        }
        account.turns++;
        turns.add(account.takesText(turn.text) ? turn : turn.withoutText());
    }

    private void changed(CallAccount account, TimerService timers) throws Exception {
        account.changed = true;
        account.changedMs = timers.currentProcessingTime();
        if (account.timerMs == 0 && account.hasEnded()) {
            setTimer(account, timers);
        }
        accounts.update(account);
        lifetime.heard(timers);
    }

    private void setTimer(CallAccount account, TimerService timers) {
        account.timerMs = account.changedMs + settings.settleTime().toMillis();
        timers.registerProcessingTimeTimer(account.timerMs);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<CallRecord> out) throws Exception {
        CallAccount account = accounts.value();
        Fired fired = lifetime.fired(timestamp, context.timeDomain(), context.timerService());
        if (fired != Fired.NOTHING) {
            publishIfChanged(account, fired == Fired.IDLE ? CallEnd.IDLE : CallEnd.INPUT_ENDED, out);
            forget(account, context.timerService());
        } else if (account != null && timestamp == account.timerMs) {
            account.timerMs = 0;
            settle(account, timestamp, context.timerService(), out);
            accounts.update(account);
        }
    }

    private void settle(CallAccount account, long nowMs, TimerService timers, Collector<CallRecord> out)
            throws Exception {
        if (!account.hasEnded()) {
            return;
        }
        if (account.changedMs + settings.settleTime().toMillis() > nowMs) {
            setTimer(account, timers);
        } else {
            publishIfChanged(account, CallEnd.CHANNELS_ENDED, out);
        }
    }

    private void publishIfChanged(CallAccount account, CallEnd end, Collector<CallRecord> out) throws Exception {
        if (!account.changed) {
            return;
        }
        List<SpokenTurn> spoken = new ArrayList<>();
        turns.get().forEach(spoken::add);
        CallRecord record = CallRecords.of(account, spoken, account.hasEnded() ? CallEnd.CHANNELS_ENDED : end);
        account.changed = false;
        account.revision++;
        metrics.published(record);
        for (ChannelAccount channel : record.getChannels()) {
            if (!channel.getLedgerClosed()) {
                warn(record, channel);
            }
        }
        out.collect(record);
    }

    private void forget(CallAccount account, TimerService timers) throws Exception {
        if (account.timerMs != 0) {
            timers.deleteProcessingTimeTimer(account.timerMs);
        }
        accounts.clear();
        turns.clear();
        earlySpans.clear();
        lifetime.clear(timers);
    }

    private static void warn(CallRecord record, ChannelAccount channel) {
        LOG.warn(
                "Call {}/{}, channel {}: the ledger does not close. Length {} ms; text {}, non-speech {}, gap {},"
                        + " dead letter {} ms. Expected only of calls that never ended ({}), and of those in progress when a job was"
                        + " started without its state.",
                record.getTenant(),
                record.getCallId(),
                channel.getChannel(),
                channel.getLengthMs(),
                channel.getTextMs(),
                channel.getNonSpeechMs(),
                channel.getGapMs(),
                channel.getDeadLetterMs(),
                record.getEnd());
    }
}
