package io.amanuensis.job.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.amanuensis.job.demo.Sending;
import io.amanuensis.job.files.AudioFile;
import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.play.Faults;
import io.amanuensis.job.play.FaultyCall;
import io.amanuensis.schemas.AudioEncoding;
import io.amanuensis.schemas.AudioSegment;
import io.amanuensis.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * The ledger of 200 calls over a network with faults: shuffled within 4 s, 2 % doubled, 2 % lost, producers restarted every 2 s or so, and
 * one segment of two calls in five spoilt. Read as plain JSON with a plain consumer, and held against what the network did.
 */
class CallLedgerTest {
    private static final int CALLS = 200;
    private static final int SEGMENT_MS = 250;
    private static final long TOLERANCE_MS = 20;
    private static final long SPOILT_AT_MS = 750;
    private static final Faults FAULTS = new Faults(0.02, 0.02, 4_000, 0, 2_000);
    private static final List<Path> UTTERANCES = utterances();
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the line did to a channel: where it ends, what was lost of it, and what spoilt. */
    private record Truth(long endMs, List<String> holes, long lostMs, long spoiltMs) {}

    private final Map<String, Truth> truths = new HashMap<>();
    private int restarts;

    @Test
    void theLedgerOfEveryCallClosesAndNamesWhatWasLost() throws Exception {
        try (KafkaFixture kafka = KafkaFixture.start()) {
            List<Sending> sent = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                sent.addAll(call(i));
            }
            sent.sort(Comparator.comparingLong(Sending::atMs));
            sent.forEach(each -> kafka.send(each.segment(), each.atMs()));
            kafka.flush();
            kafka.run(Map.of("model.back-end", "echo", "output.encoding", "json"));

            Map<String, JsonNode> calls = newest(kafka.committed(Topics.CALLS));
            assertThat(calls).hasSize(CALLS);
            Map<String, Long> textMs = textMs(kafka.committed(Topics.TRANSCRIPTS));
            assertThat(textMs).hasSize(2 * CALLS);
            for (JsonNode call : calls.values()) {
                String id = call.get("callId").asText();
                assertThat(call.get("ledgerClosed").asBoolean()).as(id).isTrue();
                assertThat(call.get("end").asText()).isEqualTo("CHANNELS_ENDED");
                assertThat(call.get("channels")).hasSize(2);
                for (JsonNode channel : call.get("channels")) {
                    String name = id + "/" + channel.get("channel").asInt();
                    checkLedger(name, channel);
                    assertThat(channel.get("textMs").asLong())
                            .as("%s: windows published", name)
                            .isCloseTo(textMs.get(name), within(TOLERANCE_MS));
                }
            }
            assertThat(restarts).isGreaterThan(CALLS / 2);
            assertThat(truths.values()).as("faults of both kinds").anyMatch(truth -> truth.lostMs > 0);
            assertThat(truths.values()).anyMatch(truth -> truth.spoiltMs > 0);
        }
    }

    private void checkLedger(String name, JsonNode channel) {
        Truth truth = truths.get(name);
        long text = channel.get("textMs").asLong();
        long nonSpeech = channel.get("nonSpeechMs").asLong();
        long gap = channel.get("gapMs").asLong();
        long deadLetter = channel.get("deadLetterMs").asLong();
        long length = channel.get("lengthMs").asLong();
        assertThat(text + nonSpeech + gap + deadLetter).as(name).isCloseTo(length, within(TOLERANCE_MS));
        assertThat(length).as(name).isCloseTo(truth.endMs, within(TOLERANCE_MS));
        assertThat(gap).as("%s: lost", name).isEqualTo(truth.lostMs);
        assertThat(deadLetter).as("%s: spoilt", name).isEqualTo(truth.spoiltMs);
        List<String> holes = new ArrayList<>();
        channel.get("holes")
                .forEach(hole -> holes.add("%d-%d %s"
                        .formatted(
                                hole.get("startMs").asLong(),
                                hole.get("endMs").asLong(),
                                hole.get("kind").asText())));
        assertThat(holes).as(name).isEqualTo(truth.holes);
    }

    private static Map<String, JsonNode> newest(List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
        Map<String, JsonNode> newest = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            JsonNode call = JSON.readTree(record.value());
            newest.merge(
                    call.get("id").asText(),
                    call,
                    (a, b) -> a.get("revision").asInt() > b.get("revision").asInt() ? a : b);
        }
        return newest;
    }

    private static Map<String, Long> textMs(List<ConsumerRecord<byte[], byte[]>> records) throws IOException {
        Map<String, Long> sums = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            JsonNode transcript = JSON.readTree(record.value());
            sums.merge(
                    transcript.get("callId").asText() + "/"
                            + transcript.get("channel").asInt(),
                    transcript.get("endMs").asLong() - transcript.get("startMs").asLong(),
                    Long::sum);
        }
        return sums;
    }

    /** Two utterances of the test set, one a channel; every other call at 8 kHz. */
    private List<Sending> call(int number) throws Exception {
        List<AudioSegment> spoken = new ArrayList<>();
        Map<Integer, Long> endsMs = new HashMap<>();
        for (int channel = 0; channel < 2; channel++) {
            Path file = UTTERANCES.get((2 * number + channel) % UTTERANCES.size());
            try (AudioFile sound = AudioFile.open(file)) {
                endsMs.put(channel, 1000 * sound.frames() / sound.sampleRateHz());
            }
            Call call = new Call("acme", "call-" + number, 0, List.of(), "en");
            Carriage carriage = number % 2 == 0 ? Carriage.PCM : Carriage.TELEPHONE;
            try (CallSegments segments = CallSegments.open(file, call, carriage, SEGMENT_MS)) {
                while (segments.hasNext()) {
                    AudioSegment segment = segments.next();
                    segment.setChannel(channel);
                    spoken.add(segment);
                }
            }
        }
        spoken.sort(Comparator.comparing(AudioSegment::getStartMs));
        FaultyCall line = new FaultyCall(spoken.iterator(), FAULTS, number, 0);
        List<Sending> sent = new ArrayList<>();
        Map<Integer, TreeMap<Long, String>> holes = new HashMap<>(Map.of(0, new TreeMap<>(), 1, new TreeMap<>()));
        while (line.hasNext()) {
            Sending sending = line.next();
            AudioSegment segment = sending.segment();
            if (number % 5 == segment.getChannel() && segment.getStartMs() == SPOILT_AT_MS) {
                holes.get(segment.getChannel()).put(SPOILT_AT_MS, "DEAD_LETTER");
                sending = new Sending(sending.atMs(), spoilt(segment));
            }
            sent.add(sending);
        }
        restarts += line.played().restarts().size();
        line.played().lost().forEach(piece -> holes.get(piece.channel()).put(piece.startMs(), "GAP"));
        holes.forEach(
                (channel, kinds) -> truths.put("call-" + number + "/" + channel, truth(endsMs.get(channel), kinds)));
        return sent;
    }

    private static AudioSegment spoilt(AudioSegment segment) {
        return AudioSegment.newBuilder(segment)
                .setEncoding(AudioEncoding.WAV)
                .setPayload(ByteBuffer.wrap("RIFFjunk".getBytes(StandardCharsets.US_ASCII)))
                .build();
    }

    /** Neighbours of a kind are one hole. */
    private static Truth truth(long endMs, TreeMap<Long, String> kinds) {
        List<String> holes = new ArrayList<>();
        long start = -1;
        for (Map.Entry<Long, String> each : kinds.entrySet()) {
            long ms = each.getKey();
            if (!each.getValue().equals(kinds.get(ms - SEGMENT_MS))) {
                start = ms;
            }
            if (!each.getValue().equals(kinds.get(ms + SEGMENT_MS))) {
                holes.add("%d-%d %s".formatted(start, ms + SEGMENT_MS, each.getValue()));
            }
        }
        return new Truth(endMs, holes, SEGMENT_MS * count(kinds, "GAP"), SEGMENT_MS * count(kinds, "DEAD_LETTER"));
    }

    private static long count(TreeMap<Long, String> kinds, String kind) {
        return kinds.values().stream().filter(kind::equals).count();
    }

    private static List<Path> utterances() {
        try (var files = Files.list(KafkaFixture.TEST_SET)) {
            return files.filter(file -> file.getFileName().toString().matches("utterance-.*\\.wav"))
                    .filter(file -> !file.toString().contains("mulaw8k"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
