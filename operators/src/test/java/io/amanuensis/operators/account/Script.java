package io.amanuensis.operators.account;

import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.CountedSound;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.SettledSpan;
import io.amanuensis.operators.element.Span;
import io.amanuensis.operators.element.SpokenTurn;
import io.amanuensis.schemas.ChannelRole;
import java.util.ArrayList;
import java.util.List;

/** What {@code decode-audio} and {@code assemble} say of one run of a channel, written down by hand: times in ms. */
final class Script {
    private final CallChannel channel;
    private final List<Object> events = new ArrayList<>();
    private final long startMs;
    private long atMs;
    private long receivedMs;
    private long missingMs;
    private long refusedMs;

    Script(String callId, int channel, int epoch, long startMs) {
        ChannelRole role = channel == 0 ? ChannelRole.AGENT : ChannelRole.CUSTOMER;
        this.channel = new CallChannel("acme", callId, channel, role, epoch, 1_767_258_000_000L, null);
        this.startMs = startMs;
        this.atMs = startMs;
        events.add(CountedSound.begun(this.channel, samples(startMs)));
    }

    Script said(long ms, String text) {
        SpokenTurn turn = new SpokenTurn();
        turn.transcriptId = channel.callId + "/" + channel.channel + "@" + atMs;
        turn.channel = channel.channel;
        turn.startMs = atMs;
        turn.endMs = atMs + ms;
        turn.text = text;
        turn.words = text.split(" ").length;
        turn.language = "en";
        turn.confidence = 0.5;
        receivedMs += ms;
        return span(Span.Kind.SPEECH, SettledSpan.Kind.TEXT, ms, turn);
    }

    /** Of a window all of whose words are its neighbour's. */
    Script saidByTheNeighbour(long ms) {
        receivedMs += ms;
        return span(Span.Kind.SPEECH, SettledSpan.Kind.TEXT, ms, null);
    }

    Script silent(long ms) {
        receivedMs += ms;
        return span(Span.Kind.NON_SPEECH, SettledSpan.Kind.SILENT_TO_DETECTOR, ms, null);
    }

    Script silentToModel(long ms) {
        receivedMs += ms;
        return span(Span.Kind.SPEECH, SettledSpan.Kind.SILENT_TO_MODEL, ms, null);
    }

    Script suppressed(long ms) {
        receivedMs += ms;
        return span(Span.Kind.SPEECH, SettledSpan.Kind.SUPPRESSED, ms, null);
    }

    Script failed(long ms) {
        receivedMs += ms;
        return span(Span.Kind.SPEECH, SettledSpan.Kind.DEAD_LETTER, ms, null);
    }

    /** What a window that failed has become since. */
    static SettledSpan replayed(
            String callId, int channel, long startMs, long ms, SettledSpan.Kind became, String text) {
        Script script = new Script(callId, channel, 0, startMs);
        script.said(ms, text);
        SettledSpan span = (SettledSpan) script.events.get(1);
        span.kind = became;
        span.turn = became == SettledSpan.Kind.TEXT ? span.turn : null;
        span.replayed = true;
        return span;
    }

    Script refused(long ms) {
        refusedMs += ms;
        return span(Span.Kind.REFUSED, SettledSpan.Kind.DEAD_LETTER, ms, null);
    }

    Script gap(long ms) {
        missingMs += ms;
        return span(Span.Kind.GAP, SettledSpan.Kind.GAP, ms, null);
    }

    /** Sound that was decoded and of which nobody ever heard again. */
    Script forgotten(long ms) {
        receivedMs += ms;
        return this;
    }

    private Script span(Span.Kind kind, SettledSpan.Kind became, long ms, SpokenTurn turn) {
        events.add(new SettledSpan(
                new Span(channel, events.size(), kind, samples(atMs), samples(atMs + ms)), became, turn));
        atMs += ms;
        return this;
    }

    /** Without an end. */
    List<Object> open() {
        return events;
    }

    List<Object> ended() {
        return ended(0, 0);
    }

    /** With so many segments missing before the first. */
    List<Object> ended(long missingSegments, long segmentMs) {
        events.add(new SettledSpan(
                new Span(channel, events.size(), Span.Kind.END, samples(atMs), samples(atMs)),
                SettledSpan.Kind.END,
                null));
        events.add(counted(CountedSound.Kind.ENDED, missingSegments, segmentMs));
        return events;
    }

    List<Object> cutOff() {
        events.add(counted(CountedSound.Kind.CUT_OFF, 0, 0));
        return events;
    }

    private CountedSound counted(CountedSound.Kind kind, long missingSegments, long segmentMs) {
        CountedSound counted = new CountedSound();
        counted.channel = channel;
        counted.kind = kind;
        counted.startSample = samples(startMs);
        counted.endSample = samples(atMs);
        counted.receivedSamples = samples(receivedMs);
        counted.missingSamples = samples(missingMs);
        counted.refusedSamples = samples(refusedMs);
        counted.missingSegments = missingSegments;
        counted.segmentSamples = samples(segmentMs);
        return counted;
    }

    private static long samples(long ms) {
        return ms * PcmChunk.SAMPLES_PER_MS;
    }
}
