package io.amanuensis.job.acceptance;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.ChannelRole;
import io.amanuensis.schemas.DeadLetter;
import io.amanuensis.schemas.DeadLetterCause;
import io.amanuensis.schemas.Topics;
import io.amanuensis.schemas.Transcript;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** Every kind of bad input, each at the beginning of a call that is good otherwise. */
class PoisonTest {
    private static final Path UTTERANCE = KafkaFixture.TEST_SET.resolve("utterance-00-espeak_seen-clean.wav");
    private static final String SAID = "The order number is eight two three five eight five.";
    private static final int SEGMENT_MS = 250;
    private static final int RATE_HZ = 16_000;
    private static final int LEADING_SEGMENTS = 4;
    private static final byte MU_LAW_ZERO = (byte) 0xFF;
    private static final int LARGEST_MESSAGE_BYTES = 1 << 20;

    private final Map<DeadLetterCause, RecordMetadata> poison = new LinkedHashMap<>();

    @Test
    void eachIsOneDeadLetterAndTheCallGoesOn() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            segment(kafka, DeadLetterCause.EMPTY_PAYLOAD, s -> s.setPayload(ByteBuffer.allocate(0)));
            segment(kafka, DeadLetterCause.TRUNCATED_AUDIO, s -> wav(s, wave(1, RATE_HZ, 16, 4000, 500)));
            segment(kafka, DeadLetterCause.SAMPLE_RATE_MISMATCH, s -> wav(s, wave(1, 8000, 16, 4000, 4000)));
            segment(kafka, DeadLetterCause.UNSUPPORTED_SAMPLE_RATE, s -> s.setSampleRateHz(96_000));
            segment(kafka, DeadLetterCause.UNKNOWN_ENCODING, s -> s.setEncoding(AudioEncoding.UNKNOWN));
            segment(kafka, DeadLetterCause.INVALID_WAV, s -> wav(s, "RIFFjunk".getBytes(StandardCharsets.US_ASCII)));
            segment(kafka, DeadLetterCause.INVALID_AUDIO, s -> s.setEncoding(AudioEncoding.FLAC));
            segment(kafka, DeadLetterCause.INVALID_SAMPLES, s -> wav(s, notANumber()));
            segment(kafka, DeadLetterCause.INVALID_SEGMENT, s -> s.setStartMs(-1));
            segment(kafka, DeadLetterCause.OVERSIZE_SEGMENT, s -> s.setPayload(ByteBuffer.allocate(3_000_000)));
            record(kafka, DeadLetterCause.UNREADABLE_RECORD, randomBytes());
            record(kafka, DeadLetterCause.TOMBSTONE, null);

            kafka.run(Map.of()); // without a restart: a task that failed would fail the run

            Map<DeadLetterCause, DeadLetter> letters = kafka.deadLetters().stream()
                    .collect(toMap(DeadLetter::getCause, letter -> letter)); // throws on a second one
            assertThat(letters.keySet()).isEqualTo(poison.keySet());
            letters.forEach((cause, letter) -> {
                RecordMetadata sent = poison.get(cause);
                assertThat(letter.getOrigin().getTopic()).isEqualTo(Topics.AUDIO_SEGMENTS);
                assertThat(letter.getOrigin().getPartition()).isEqualTo(sent.partition());
                assertThat(letter.getOrigin().getFirstOffset())
                        .as(letter.toString())
                        .isEqualTo(sent.offset());
                assertThat(letter.getMessage()).isNotBlank();
            });
            assertThat(letters.get(DeadLetterCause.OVERSIZE_SEGMENT)
                            .getPayload()
                            .remaining())
                    .isEqualTo(4096);
            assertThat(kafka.committed(Topics.DEAD_LETTERS))
                    .allSatisfy(record -> assertThat(record.value()).hasSizeLessThan(LARGEST_MESSAGE_BYTES));

            Map<String, String> texts = kafka.transcripts().stream()
                    .sorted(Comparator.comparing(Transcript::getStartMs))
                    .collect(groupingBy(Transcript::getCallId, mapping(Transcript::getText, joining(" "))));
            assertThat(texts).hasSize(poison.size()).allSatisfy((call, text) -> assertThat(text)
                    .isEqualTo(SAID));
        }
    }

    /** Each within the silence before the words, as the third of four segments. */
    @Test
    void whatGoesWrongWithinACallIsOneDeadLetterAndTheCallGoesOn() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            Map<String, DeadLetterCause> expected = Map.of(
                    "other-rate", DeadLetterCause.UNSUPPORTED_SAMPLE_RATE,
                    "clock-backwards", DeadLetterCause.OVERLAPPING_AUDIO,
                    "two-producers", DeadLetterCause.OVERLAPPING_AUDIO);
            for (String call : expected.keySet()) {
                for (int sequence = 0; sequence < LEADING_SEGMENTS; sequence++) {
                    AudioSegment segment = silence(call, sequence);
                    if (sequence == 2) {
                        switch (call) {
                            case "other-rate" -> segment.setSampleRateHz(RATE_HZ / 2);
                            case "clock-backwards" -> segment.setStartMs(SEGMENT_MS / 2);
                            default -> {
                                kafka.produce(silence(call, 2));
                                segment.getPayload().put(0, (byte) 1);
                            }
                        }
                    }
                    kafka.produce(segment);
                }
                good(kafka, call, LEADING_SEGMENTS);
            }

            kafka.run(Map.of());

            assertThat(kafka.deadLetters().stream().collect(toMap(DeadLetter::getCallId, DeadLetter::getCause)))
                    .isEqualTo(expected);
            assertThat(kafka.deadLetters())
                    .allSatisfy(letter -> assertThat(letter.getSequence()).isEqualTo(2));
            assertThat(kafka.transcripts())
                    .hasSize(expected.size())
                    .allSatisfy(transcript -> assertThat(transcript.getText()).isEqualTo(SAID));
        }
    }

    /** One sample, and three hours of a quiet line of which somebody speaks at the end. */
    @Test
    void theShortestAndAVeryLongCallAreCallsLikeOthers() throws Exception {
        int minutes = 180;
        try (KafkaFixture kafka = KafkaFixture.start()) {
            AudioSegment shortest = silence("one-sample", 0);
            shortest.setPayload(ByteBuffer.allocate(Short.BYTES));
            shortest.setLastOfChannel(true);
            kafka.produce(shortest);
            byte[] quiet = new byte[60 * 8000];
            Arrays.fill(quiet, MU_LAW_ZERO);
            for (int minute = 0; minute < minutes; minute++) {
                AudioSegment segment = silence("three-hours", minute);
                segment.setStartMs(minute * 60_000L);
                segment.setEncoding(AudioEncoding.MULAW);
                segment.setSampleRateHz(8000);
                segment.setPayload(ByteBuffer.wrap(quiet));
                kafka.produce(segment);
            }
            Call call = new Call("acme", "three-hours", 0, List.of(ChannelRole.UNKNOWN), null);
            try (CallSegments segments = CallSegments.open(UTTERANCE, call, Carriage.TELEPHONE, SEGMENT_MS)) {
                while (segments.hasNext()) {
                    AudioSegment segment = segments.next();
                    segment.setCallStartEpochMs(Instant.EPOCH);
                    segment.setSequence(segment.getSequence() + minutes);
                    segment.setStartMs(segment.getStartMs() + minutes * 60_000L);
                    kafka.produce(segment);
                }
            }

            kafka.run(Map.of());

            assertThat(kafka.deadLetters()).isEmpty();
            assertThat(kafka.calls())
                    .hasSize(2)
                    .allSatisfy(record -> assertThat(record.getLedgerClosed()).isTrue())
                    .anySatisfy(record -> assertThat(record.getChannels().get(0).getNonSpeechMs())
                            .isGreaterThan((minutes - 1) * 60_000L));
            assertThat(kafka.transcripts()).singleElement().satisfies(transcript -> {
                assertThat(transcript.getCallId()).isEqualTo("three-hours");
                assertThat(transcript.getText()).contains("order number");
                assertThat(transcript.getStartMs()).isBetween(minutes * 60_000L - 500, minutes * 60_000L + 400);
            });
        }
    }

    private static AudioSegment silence(String call, int sequence) {
        return AudioSegment.newBuilder()
                .setTenant("acme")
                .setCallId(call)
                .setChannel(0)
                .setSequence(sequence)
                .setCallStartEpochMs(Instant.EPOCH)
                .setStartMs((long) sequence * SEGMENT_MS)
                .setEncoding(AudioEncoding.PCM_S16LE)
                .setSampleRateHz(RATE_HZ)
                .setPayload(ByteBuffer.allocate(RATE_HZ / 1000 * SEGMENT_MS * Short.BYTES))
                .build();
    }

    /** The poison takes the place of the call's first segment. */
    private void segment(KafkaFixture kafka, DeadLetterCause cause, Consumer<AudioSegment> spoil) throws Exception {
        AudioSegment bad = silence(cause.name(), 0);
        spoil.accept(bad);
        poison.put(cause, kafka.produce(bad));
        boolean inSequence = cause != DeadLetterCause.INVALID_SEGMENT && cause != DeadLetterCause.OVERSIZE_SEGMENT;
        good(kafka, cause.name(), inSequence ? 1 : 0);
    }

    private void record(KafkaFixture kafka, DeadLetterCause cause, byte[] value) throws Exception {
        poison.put(cause, kafka.produce("acme/" + cause, value));
        good(kafka, cause.name(), 0);
    }

    private static void good(KafkaFixture kafka, String callId, long firstSequence) throws Exception {
        Call call = new Call("acme", callId, 0, List.of(ChannelRole.CUSTOMER), "en");
        try (CallSegments segments = CallSegments.open(UTTERANCE, call, Carriage.PCM, SEGMENT_MS)) {
            while (segments.hasNext()) {
                AudioSegment segment = segments.next();
                segment.setSequence(segment.getSequence() + firstSequence);
                segment.setStartMs(segment.getStartMs() + firstSequence * SEGMENT_MS);
                kafka.produce(segment);
            }
        }
    }

    private static void wav(AudioSegment segment, byte[] file) {
        segment.setEncoding(AudioEncoding.WAV);
        segment.setPayload(ByteBuffer.wrap(file));
    }

    private static byte[] notANumber() {
        byte[] file = wave(3, RATE_HZ, 32, 400, 400);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putFloat(file.length - 8, Float.NaN);
        return file;
    }

    /** A mono RIFF file whose header promises {@code announced} samples and which holds {@code present} zeros. */
    private static byte[] wave(int format, int rateHz, int bits, int announced, int present) {
        int bytes = bits / 8;
        ByteBuffer file = ByteBuffer.allocate(44 + present * bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + announced * bytes);
        file.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        file.putShort((short) format).putShort((short) 1).putInt(rateHz).putInt(rateHz * bytes);
        file.putShort((short) bytes).putShort((short) bits);
        file.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(announced * bytes);
        return file.array();
    }

    private static byte[] randomBytes() {
        byte[] bytes = new byte[5000];
        new Random(7).nextBytes(bytes);
        return bytes;
    }
}
