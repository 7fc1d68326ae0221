package io.amanuensis.operators.load;

import io.amanuensis.operators.decodeaudio.DecodeAudioFunction;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.element.CallChannel;
import io.amanuensis.operators.element.OffsetRange;
import io.amanuensis.operators.element.PcmChunk;
import io.amanuensis.operators.element.PcmWindow;
import io.amanuensis.operators.element.Segment;
import io.amanuensis.operators.findspeech.AlwaysTalking;
import io.amanuensis.operators.findspeech.FindSpeechFunction;
import io.amanuensis.operators.findspeech.FindSpeechSettings;
import io.amanuensis.operators.lifetime.StageHarness;
import io.amanuensis.operators.lifetime.StageHarness.Backend;
import io.amanuensis.operators.read.ReadRecord;
import io.amanuensis.operators.sequence.SequenceFunction;
import io.amanuensis.operators.sequence.SequenceSettings;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.ChannelRole;
import java.util.Arrays;
import java.util.Random;

/**
 * The three stages before the windows, each with its state, under the load of channels that talk without pausing: 250 ms of mu-law
 * a record, the channels in turn.
 */
public final class FrontChain implements AutoCloseable {
    private static final int CHANNELS = 16;
    private static final int SEGMENT_MS = 250;
    private static final int SEGMENT_BYTES = 2000;

    /** A window of 30 s. */
    private static final int WINDOW_SAMPLES = 480_000;

    /** 40 ms in a second are silent, as between words. */
    private static final int SILENT_BYTES = 320;

    private static final byte MU_LAW_ZERO = (byte) 0xFF;

    private final StageHarness<ReadRecord, Segment> sequence;
    private final StageHarness<Segment, PcmChunk> decodeAudio;
    private final StageHarness<PcmChunk, PcmWindow> findSpeech;
    private final CallChannel[] channels = new CallChannel[CHANNELS];
    private final byte[][] payloads = new byte[8][];
    private long records;

    public FrontChain(Backend backend) throws Exception {
        sequence = StageHarness.start(new SequenceFunction(SequenceSettings.DEFAULT), ReadRecord::key, backend);
        decodeAudio = StageHarness.start(new DecodeAudioFunction(DecodeAudioSettings.DEFAULT), Segment::key, backend);
        findSpeech = StageHarness.start(
                new FindSpeechFunction(
                        FindSpeechSettings.DEFAULT.withDetector(new AlwaysTalking()), () -> WINDOW_SAMPLES),
                PcmChunk::key,
                backend);
        for (int i = 0; i < CHANNELS; i++) {
            channels[i] = new CallChannel("acme", "call-" + i, 0, ChannelRole.AGENT, 0, 1_767_258_000_000L, "en");
        }
        Random random = new Random(1);
        for (int i = 0; i < payloads.length; i++) {
            payloads[i] = new byte[SEGMENT_BYTES];
            random.nextBytes(payloads[i]);
            if (i % 4 == 0) {
                Arrays.fill(payloads[i], 0, SILENT_BYTES, MU_LAW_ZERO);
            }
        }
    }

    /** The next record through all three stages. @return how many windows it completed */
    public int next() throws Exception {
        sequence.process(ReadRecord.of(segment(records++)));
        for (Segment segment : sequence.takeOutput()) {
            decodeAudio.process(segment);
        }
        for (PcmChunk chunk : decodeAudio.takeOutput()) {
            findSpeech.process(chunk);
        }
        findSpeech.takeSide(FindSpeechFunction.SPANS);
        return findSpeech.takeOutput().size();
    }

    private Segment segment(long number) {
        Segment segment = new Segment();
        segment.channel = channels[(int) (number % CHANNELS)];
        segment.sequence = number / CHANNELS;
        segment.startMs = segment.sequence * SEGMENT_MS;
        segment.encoding = AudioEncoding.MULAW;
        segment.sampleRateHz = 8000;
        segment.payload = payloads[(int) (segment.sequence % payloads.length)];
        segment.origin = new OffsetRange("amanuensis.audio-segments.v1", 3, number, number);
        segment.recordTimestampMs = 1_767_258_000_000L + segment.startMs;
        return segment;
    }

    @Override
    public void close() throws Exception {
        sequence.close();
        decodeAudio.close();
        findSpeech.close();
    }
}
