package io.amanuensis.job;

import static org.apache.flink.configuration.ConfigOptions.key;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.ModelOptions.AudioContext;
import io.amanuensis.operators.findspeech.FindSpeechSettings;
import io.amanuensis.operators.findspeech.NeuralSettings;
import io.amanuensis.operators.findspeech.PackingSettings;
import io.amanuensis.operators.guard.GuardSettings;
import io.amanuensis.operators.publish.OutputEncoding;
import io.amanuensis.schemas.Topics;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;

/**
 * The options of the job, as they stand in its configuration file and after {@code -D}. {@link JobConfig} reads and checks them.
 * Keys that begin with {@code kafka.} go to Kafka's clients as they are, without the prefix; those that begin with {@code
 * npu.option.} go to the device, as the C header lists them.
 */
public final class JobOptions {
    public static final String KAFKA_PREFIX = "kafka.";

    /** {@code npu.option.X} is the native library's {@code device-X}. */
    public static final String NPU_OPTION_PREFIX = "npu.option.";

    // ---- Kafka

    public static final ConfigOption<String> BOOTSTRAP_SERVERS = key("kafka.bootstrap.servers")
            .stringType()
            .noDefaultValue()
            .withDescription("Brokers as host:port, separated by commas. Needed by run.");

    public static final ConfigOption<String> INPUT_TOPIC = key("input.topic")
            .stringType()
            .defaultValue(Topics.AUDIO_SEGMENTS)
            .withDescription("Topic that audio segments are read from.");

    public static final ConfigOption<String> INPUT_GROUP_ID = key("input.group-id")
            .stringType()
            .defaultValue("amanuensis")
            .withDescription(
                    "Consumer group. Also the first part of the transactional ids, so it must be unique to the job on its"
                            + " Kafka cluster.");

    public static final ConfigOption<InputStart> INPUT_START = key("input.start")
            .enumType(InputStart.class)
            .defaultValue(InputStart.COMMITTED)
            .withDescription(
                    "Where a job without a savepoint begins: committed (the group's offsets, else earliest), earliest or"
                            + " latest.");

    public static final ConfigOption<Boolean> INPUT_BOUNDED = key("input.bounded")
            .booleanType()
            .defaultValue(false)
            .withDescription("True: the job ends when it has read what the topic held at its start, as for a replay.");
    public static final ConfigOption<Duration> INPUT_BACKLOG_AFTER = key("input.backlog-after")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription(
                    "While records are older than this when they are read, by Kafka's time of them, the job catches up: checkpoints"
                            + " are taken every execution.checkpointing.interval-during-backlog, until records are younger than half"
                            + " of this.");

    public static final ConfigOption<MemorySize> INPUT_MAX_SEGMENT_SIZE = key("input.max-segment-size")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(1))
            .withDescription("A larger Kafka record becomes a dead letter.");

    public static final ConfigOption<String> REFERENCE_ALLOWED_PREFIXES = key("reference.allowed-prefixes")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Folders below which the job may read payloads by reference (AudioSegment.payloadReference), as URIs of"
                            + " Flink's file systems that end in '/', separated by semicolons: file:///data/calls/;s3://bucket/calls/."
                            + " Not set: a segment with a reference becomes a dead letter.");

    public static final ConfigOption<MemorySize> REFERENCE_MAX_SIZE = key("reference.max-size")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(16))
            .withDescription("A larger file becomes a dead letter.");

    public static final ConfigOption<Duration> REFERENCE_TIMEOUT = key("reference.timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(30))
            .withDescription("A file that is not read within this time becomes a dead letter.");

    public static final ConfigOption<String> TRANSCRIPTS_TOPIC = key("transcripts.topic")
            .stringType()
            .defaultValue(Topics.TRANSCRIPTS)
            .withDescription("Topic that final transcripts are published to, exactly once.");

    public static final ConfigOption<String> PARTIALS_TOPIC = key("partials.topic")
            .stringType()
            .defaultValue(Topics.PARTIALS)
            .withDescription(
                    "Topic that partials are published to, at least once: revisable text while somebody speaks.");

    public static final ConfigOption<String> CALLS_TOPIC = key("calls.topic")
            .stringType()
            .defaultValue(Topics.CALLS)
            .withDescription("Topic that the records of whole calls are published to, exactly once.");

    public static final ConfigOption<String> SUPPRESSED_TOPIC = key("suppressed.topic")
            .stringType()
            .defaultValue(Topics.SUPPRESSED)
            .withDescription("Topic that text which the guard suppressed is published to, exactly once.");

    public static final ConfigOption<String> DEAD_LETTERS_TOPIC = key("dead-letters.topic")
            .stringType()
            .defaultValue(Topics.DEAD_LETTERS)
            .withDescription("Topic that dead letters are published to, exactly once.");

    public static final ConfigOption<String> RETRY_TOPIC = key("retry.topic")
            .stringType()
            .defaultValue(Topics.RETRY)
            .withDescription("Topic that windows are parked on which could not be transcribed in time, exactly once.");

    public static final ConfigOption<String> RETRY_REPLAYED_TOPIC = key("retry.replayed-topic")
            .stringType()
            .defaultValue(Topics.REPLAYED)
            .withDescription(
                    "Topic on which the job that replays says what became of parked windows, exactly once, and from which a job that"
                            + " may park any takes it into the records of their calls.");

    public static final ConfigOption<Boolean> RETRY_REPLAY = key("retry.replay")
            .booleanType()
            .defaultValue(false)
            .withDescription(
                    "Transcribes the windows of retry.topic in place of the sound of input.topic: a job of its own, which may run"
                            + " beside the other, with -retry behind its group and in its transactions. With input.bounded:"
                            + " those that the topic holds at the start.");

    public static final ConfigOption<Integer> RETRY_MAX_ATTEMPTS = key("retry.max-attempts")
            .intType()
            .defaultValue(5)
            .withDescription("A window that has been parked so often is given up: it stays a dead letter.");

    public static final ConfigOption<OutputEncoding> OUTPUT_ENCODING = key("output.encoding")
            .enumType(OutputEncoding.class)
            .defaultValue(OutputEncoding.AVRO)
            .withDescription("How output records are written: avro (single-object) or json.");

    public static final ConfigOption<Duration> TRANSACTION_TIMEOUT = key("output.transaction-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(15))
            .withDescription(
                    "Kafka aborts a transaction that stays open longer, and its records are lost: keep it above the"
                            + " longest outage from which the job restarts by itself. At most the broker's transaction.max.timeout.ms.");

    // ---- Speech engine

    public static final ConfigOption<String> MODEL_PATH = key("model.path")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Folder of a Whisper model in Hugging Face's layout, at the same path on every task manager. Not"
                            + " needed with model.back-end: echo.");

    public static final ConfigOption<BackEnd> MODEL_BACK_END = key("model.back-end")
            .enumType(BackEnd.class)
            .defaultValue(BackEnd.CPU)
            .withDescription(
                    "What computes: cpu; npu (the encoder on an NPU, in slots that only task managers with one have: Placement);"
                            + " auto (the encoder on the NPU of the task manager it comes to, else on the CPU); echo (no"
                            + " model: text derived from a hash of the sound, for tests).");

    public static final ConfigOption<String> MODEL_ISA = key("model.isa")
            .stringType()
            .defaultValue("auto")
            .withDescription(
                    "Instruction set of the cpu back end: auto, portable, avx2, avx512, avx512vnni or avx512bf16. Results"
                            + " may differ in the last bits between instruction sets; pin it where task managers differ.");

    public static final ConfigOption<Precision> MODEL_PRECISION = key("model.precision")
            .enumType(Precision.class)
            .defaultValue(Precision.AUTO)
            .withDescription(
                    "What linear maps are computed in: f32, bf16, int8, or auto: bf16 where the instruction set multiplies"
                            + " it, else f32. int8 is the fastest and takes the least memory; some words may come out"
                            + " differently, so auto never chooses it.");

    public static final ConfigOption<AudioContext> MODEL_AUDIO_CONTEXT = key("model.audio-context")
            .enumType(AudioContext.class)
            .defaultValue(AudioContext.FULL)
            .withDescription(
                    "Over how much of a window the encoder runs: full, which Whisper's own models need, or actual: as far as"
                            + " there is sound, in a part of the time, for models that were trained on windows of any"
                            + " length, as the demonstration model was.");

    public static final ConfigOption<Alignment> MODEL_ALIGNMENT = key("model.alignment")
            .enumType(Alignment.class)
            .defaultValue(Alignment.AUTO)
            .withDescription(
                    "How word times are found: ctc, by the letters of the alignment head that a model folder may hold; dtw,"
                            + " by cross-attention; auto: ctc if the folder holds a head, else dtw.");

    public static final ConfigOption<Integer> NATIVE_THREADS = key("native.threads")
            .intType()
            .defaultValue(0)
            .withDescription(
                    "Threads of a task manager that compute at once in the native library, all slots together. 0: as many"
                            + " as the processors that the JVM may use. It holds for the process: of several jobs in a task"
                            + " manager, the one that started last.");

    public static final ConfigOption<Duration> ECHO_HOLD = key("model.echo-hold")
            .durationType()
            .defaultValue(Duration.ZERO)
            .withDescription("How long every call of the echo back end's encoder takes; for tests.");

    public static final ConfigOption<Duration> ENGINE_TIMEOUT = key("engine.timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription(
                    "Longest time of one native call, and of a window in the decoder. A batch that takes longer is tried"
                            + " again window by window, and a window that takes longer becomes a dead letter.");

    // ---- NPU

    public static final ConfigOption<NpuDevice> NPU_DEVICE = key("npu.device")
            .enumType(NpuDevice.class)
            .defaultValue(NpuDevice.XRT)
            .withDescription(
                    "Which NPU model.back-end npu and auto mean: xrt (an XDNA2 of AMD, through its runtime), emulated (its"
                            + " numbers computed on the CPU, for tests; records say so) or echo (model.back-end echo in the"
                            + " place of an NPU, for tests).");

    public static final ConfigOption<String> NPU_OVERLAY = key("npu.overlay")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Folder with what runs on the NPU, its manifest among it, at the same path on every task manager with one."
                            + " Needed with npu.device: xrt.");

    public static final ConfigOption<Duration> NPU_RUN_TIMEOUT = key("npu.run-timeout")
            .durationType()
            .defaultValue(Duration.ofSeconds(6))
            .withDescription(
                    "How long one run on the NPU may take before it is given up. Longer than the driver's own watchdog (2 s, on"
                            + " older kernels 4 s), which leaves the device in a better state.");

    public static final ConfigOption<Integer> NPU_PARALLELISM = key("npu.parallelism")
            .intType()
            .defaultValue(1)
            .withDescription(
                    "Subtasks of featurize and encode with model.back-end: npu. Times npu.resource-amount they must not be more"
                            + " than the NPUs of the cluster, or the job waits.");

    public static final ConfigOption<String> NPU_RESOURCE_NAME = key("npu.resource-name")
            .stringType()
            .defaultValue("npu")
            .withDescription("External resource that task managers with an NPU offer (Flink's external-resources).");

    public static final ConfigOption<Double> NPU_RESOURCE_AMOUNT = key("npu.resource-amount")
            .doubleType()
            .defaultValue(1.0)
            .withDescription("What each of the subtasks asks of it; 0.5 lets two share an NPU.");

    public static final ConfigOption<Double> NPU_SLOT_CORES = key("npu.slot.cores")
            .doubleType()
            .defaultValue(1.0)
            .withDescription("Of the slot of featurize and encode with model.back-end: npu: its share of"
                    + " taskmanager.cpu.cores, ...");

    public static final ConfigOption<MemorySize> NPU_SLOT_HEAP = key("npu.slot.heap")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(128))
            .withDescription("... of the task manager's taskmanager.memory.task.heap.size, ...");

    public static final ConfigOption<MemorySize> NPU_SLOT_OFF_HEAP = key("npu.slot.off-heap")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(512))
            .withDescription("... of taskmanager.memory.task.off-heap.size (weights and scratch), ...");

    public static final ConfigOption<MemorySize> NPU_SLOT_MANAGED = key("npu.slot.managed")
            .memoryType()
            .defaultValue(MemorySize.ZERO)
            .withDescription("... and of taskmanager.memory.managed.size; these stages keep no state in RocksDB.");

    public static final ConfigOption<Double> CPU_SLOT_CORES = key("cpu.slot.cores")
            .doubleType()
            .defaultValue(1.0)
            .withDescription("The same of the slot of all other stages with model.back-end: npu. Cores, ...");

    public static final ConfigOption<MemorySize> CPU_SLOT_HEAP = key("cpu.slot.heap")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(384))
            .withDescription("... heap, ...");

    public static final ConfigOption<MemorySize> CPU_SLOT_OFF_HEAP = key("cpu.slot.off-heap")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(512))
            .withDescription("... memory outside it, ...");

    public static final ConfigOption<MemorySize> CPU_SLOT_MANAGED = key("cpu.slot.managed")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(256))
            .withDescription("... and managed memory, which is RocksDB's: above 0.");

    public static final ConfigOption<String> CPU_SLOT_RESOURCE_NAME = key("cpu.slot.resource-name")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "External resource that task managers without an NPU offer, any large amount of it, and of which each slot of"
                            + " the other stages asks 1: it keeps them off the task managers with one.");

    // ---- What happens when the NPU fails

    public static final ConfigOption<Duration> NPU_OPEN_TIME = key("npu.breaker-open-time")
            .durationType()
            .defaultValue(Duration.ofSeconds(60))
            .withDescription(
                    "An NPU that failed five times in a row is left alone for this time; then three batches try it, and when all"
                            + " three have succeeded it is used again.");

    public static final ConfigOption<Duration> NPU_PARK_AFTER = key("npu.park-after")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription(
                    "With model.back-end: npu. How long a window waits for an NPU that is out, before it is parked on retry.topic.");

    public static final ConfigOption<Duration> NPU_SPILL_AFTER = key("npu.spill-after")
            .durationType()
            .defaultValue(Duration.ofSeconds(2))
            .withDescription(
                    "With model.back-end: auto. A window that has waited longer for a busy NPU is encoded on the CPU, beside it."
                            + " encode holds two batches more for that than engine.in-flight-batches.");

    public static final ConfigOption<Double> NPU_PROOF_FRACTION = key("npu.proof-fraction")
            .doubleType()
            .defaultValue(0.01)
            .withDescription(
                    "Share of the windows that are encoded again on the CPU, to prove the NPU: chosen by the transcript's id. 0:"
                            + " none.");

    public static final ConfigOption<Double> NPU_PROOF_GATE = key("npu.proof-gate")
            .doubleType()
            .defaultValue(0.999)
            .withDescription(
                    "An NPU whose states for a window have a smaller cosine to the CPU's is not used any more, until the task"
                            + " manager is started anew.");

    public static final ConfigOption<Integer> DEGRADATION_DEEPEST_LEVEL = key("degradation.deepest-level")
            .intType()
            .defaultValue(2)
            .withDescription(
                    "With model.back-end: auto. How far work is degraded to keep up, at most: 2 (no further than the encoder on the"
                            + " CPU), 3 (greedy decoding, no word times) or 4 (parked on retry.topic).");

    public static final ConfigOption<Duration> DEGRADATION_WAIT_MOST = key("degradation.wait-most")
            .durationType()
            .defaultValue(Duration.ofSeconds(10))
            .withDescription("Five batches in a row that have waited longer for the encoder lead one level down, ...");

    public static final ConfigOption<Duration> DEGRADATION_STABLE_TIME = key("degradation.stable-time")
            .durationType()
            .defaultValue(Duration.ofMinutes(1))
            .withDescription("... and this time without such a batch leads one level up.");

    // ---- Stages

    public static final ConfigOption<Duration> SEQUENCE_GAP_WAIT = key("sequence.gap-wait")
            .durationType()
            .defaultValue(Duration.ofSeconds(5))
            .withDescription(
                    "How long a channel waits for a missing segment before it is given up, on the clock of Kafka's"
                            + " record timestamps.");

    public static final ConfigOption<Duration> CALL_IDLE_TIMEOUT = key("call.idle-timeout")
            .durationType()
            .defaultValue(Duration.ofMinutes(5))
            .withDescription(
                    "A channel that nothing comes of for so long has ended, as if its last segment had said so: on the clock"
                            + " of its partition's record timestamps, or on the wall clock if nothing comes of the whole"
                            + " partition. What comes later all the same is transcribed as the channel's continuation.");

    public static final ConfigOption<Detector> FIND_SPEECH_DETECTOR = key("find-speech.detector")
            .enumType(Detector.class)
            .defaultValue(Detector.NEURAL)
            .withDescription(
                    "What tells speech from silence, noise and music: neural (a small network that comes with the job) or"
                            + " energy (whatever stands out from the noise floor; music does).");

    public static final ConfigOption<Double> FIND_SPEECH_THRESHOLD = key("find-speech.threshold")
            .doubleType()
            .defaultValue(NeuralSettings.DEFAULT.threshold())
            .withDescription("Probability of speech, 0 to 1, at which an utterance may begin. Of the neural detector.");

    public static final ConfigOption<Double> FIND_SPEECH_EXIT_THRESHOLD = key("find-speech.exit-threshold")
            .doubleType()
            .defaultValue(NeuralSettings.DEFAULT.exitThreshold())
            .withDescription("Probability of speech at which it goes on; at most find-speech.threshold.");

    public static final ConfigOption<Duration> FIND_SPEECH_MIN_SPEECH = key("find-speech.min-speech")
            .durationType()
            .defaultValue(Duration.ofMillis(FindSpeechSettings.DEFAULT.minSpeechMs()))
            .withDescription(
                    "As much certain speech begins an utterance; what is less certain takes longer, and less is a click.");

    public static final ConfigOption<Duration> FIND_SPEECH_MIN_SILENCE = key("find-speech.min-silence")
            .durationType()
            .defaultValue(Duration.ofMillis(FindSpeechSettings.DEFAULT.minSilenceMs()))
            .withDescription(
                    "Pause that ends a short utterance. The fuller the model's window, the shorter a pause is enough, down"
                            + " to half of this.");

    public static final ConfigOption<Duration> FIND_SPEECH_PADDING_BEFORE = key("find-speech.padding-before")
            .durationType()
            .defaultValue(Duration.ofMillis(FindSpeechSettings.DEFAULT.paddingBeforeMs()))
            .withDescription("Sound before the first speech that the model hears too.");

    public static final ConfigOption<Duration> FIND_SPEECH_PADDING_AFTER = key("find-speech.padding-after")
            .durationType()
            .defaultValue(Duration.ofMillis(FindSpeechSettings.DEFAULT.paddingAfterMs()))
            .withDescription("Sound behind the last speech that the model hears too.");

    public static final ConfigOption<Duration> FIND_SPEECH_SEAM_CONTEXT = key("find-speech.seam-context")
            .durationType()
            .defaultValue(Duration.ofMillis(FindSpeechSettings.DEFAULT.seamContextMs()))
            .withDescription(
                    "Where speech without a pause has to be cut because the model's window is full, the windows on both sides"
                            + " hear this much beyond the cut; each word is published once. An eighth of the window at most.");

    public static final ConfigOption<Packing> FIND_SPEECH_PACKING = key("find-speech.packing")
            .enumType(Packing.class)
            .defaultValue(Packing.OFF)
            .withDescription(
                    "Whether short utterances of a channel share a window of the model: off, or on, for recordings and not for"
                            + " live calls, since an utterance waits for the next. Each is still published by itself. Saves"
                            + " passes of the encoder with model.audio-context: full; needs a model with word times.");

    public static final ConfigOption<Duration> FIND_SPEECH_PACKING_WAIT = key("find-speech.packing-wait")
            .durationType()
            .defaultValue(Duration.ofMillis(PackingSettings.DEFAULT_WAIT_MS))
            .withDescription(
                    "Sound of its channel that an utterance waits at most for others, with find-speech.packing.");

    public static final ConfigOption<Integer> ENCODE_BATCH_SIZE = key("encode.batch-size")
            .intType()
            .defaultValue(8)
            .withDescription("Windows in a batch of the encoder, at most.");

    public static final ConfigOption<Duration> ENCODE_BATCH_WAIT = key("encode.batch-wait")
            .durationType()
            .defaultValue(Duration.ofMillis(20))
            .withDescription("How long the first window of a batch waits for company.");

    public static final ConfigOption<Integer> DECODE_BATCH_SIZE = key("decode.batch-size")
            .intType()
            .defaultValue(16)
            .withDescription(
                    "Windows that are decoded together, at most: each joins and leaves the running batch by itself.");

    public static final ConfigOption<Integer> DECODE_BEAM_SIZE = key("decode.beam-size")
            .intType()
            .defaultValue(1)
            .withDescription(
                    "Sequences searched together for a window at temperature 0: 1 (greedy) to 16. Time and memory of the"
                            + " decoder grow with it; with decode.batch-size it makes 256 at most.");

    public static final ConfigOption<String> DECODE_TEMPERATURES = key("decode.temperatures")
            .stringType()
            .defaultValue("0")
            .withDescription(
                    "Temperatures at which a window is decoded, one after the other until its text is good, separated by"
                            + " commas. Whisper's choice is 0,0.2,0.4,0.6,0.8,1.0. Text is not good if its compression"
                            + " ratio or its log-probability is beyond its threshold, unless the window is without speech.");

    public static final ConfigOption<Double> COMPRESSION_RATIO_THRESHOLD = key("decode.compression-ratio-threshold")
            .doubleType()
            .defaultValue(2.4)
            .withDescription("Text that compresses better than this repeats itself: the next temperature is tried.");

    public static final ConfigOption<DecoderOptions.Cache> DECODE_KV_CACHE = key("decode.kv-cache")
            .enumType(DecoderOptions.Cache.class)
            .defaultValue(DecoderOptions.Cache.AUTO)
            .withDescription(
                    "How the decoder keeps keys and values: auto (as the model's precision), f32, bf16 or int8.");

    public static final ConfigOption<Integer> IN_FLIGHT_BATCHES = key("engine.in-flight-batches")
            .intType()
            .defaultValue(2)
            .withDescription(
                    "Batches of windows that encode holds at most, computed or waiting; 2 or more. decode holds its"
                            + " own batch, and as many of encode's less one.");

    public static final ConfigOption<MemorySize> IN_FLIGHT_SIZE = key("engine.in-flight-size")
            .memoryType()
            .defaultValue(MemorySize.ofMebiBytes(64))
            .withDescription("Bytes that encode and decode each hold in flight at most, and so put into a checkpoint.");

    public static final ConfigOption<String> DECODE_LANGUAGE = key("decode.language")
            .stringType()
            .noDefaultValue()
            .withDescription(
                    "Language of segments without a hint: Whisper's code, or auto to let the model decide for each"
                            + " window. Default: en if the model has it, else auto.");

    public static final ConfigOption<Boolean> DECODE_TIMESTAMPS = key("decode.timestamps")
            .booleanType()
            .defaultValue(true)
            .withDescription(
                    "Whether the decoder writes segment times into its tokens, as Whisper was trained to. Word times do not"
                            + " depend on it.");

    public static final ConfigOption<Integer> DECODE_MAX_TOKENS = key("decode.max-tokens")
            .intType()
            .defaultValue(0)
            .withDescription(
                    "Where the decoding of a window that finds no end is cut off; at most the model's positions. 0: half"
                            + " of those.");

    public static final ConfigOption<Integer> DECODE_MIN_TOKENS = key("decode.min-tokens")
            .intType()
            .defaultValue(0)
            .withDescription("The decoding of a window does not end before this many tokens; for benchmarks.");

    public static final ConfigOption<Double> NO_SPEECH_THRESHOLD = key("decode.no-speech-threshold")
            .doubleType()
            .defaultValue(0.6)
            .withDescription("A window is without speech if its no-speech probability is above this, and ...");

    public static final ConfigOption<Double> LOG_PROBABILITY_THRESHOLD = key("decode.log-probability-threshold")
            .doubleType()
            .defaultValue(-1.0)
            .withDescription(
                    "... its average log-probability is below this. Also where text is not good: decode.temperatures.");

    // ---- Partials

    public static final ConfigOption<Boolean> PARTIALS_ENABLED = key("partials.enabled")
            .booleanType()
            .defaultValue(true)
            .withDescription(
                    "Whether utterances are published while they are spoken. Costs several times what finals cost alone, but"
                            + " only of what they leave: finals go first. They are the same with partials and without.");

    public static final ConfigOption<Duration> PARTIALS_INTERVAL = key("partials.interval")
            .durationType()
            .defaultValue(Duration.ofSeconds(1))
            .withDescription(
                    "Sound between two partials of an utterance. They fall on multiples of it on the call's clock.");

    public static final ConfigOption<Integer> PARTIALS_BATCH_SIZE = key("partials.batch-size")
            .intType()
            .defaultValue(4)
            .withDescription(
                    "Utterances under way that are encoded and decoded together, at most. A final never waits for more than"
                            + " one such batch.");

    public static final ConfigOption<Duration> PARTIALS_MAX_WAIT = key("partials.max-wait")
            .durationType()
            .defaultValue(Duration.ofSeconds(2))
            .withDescription(
                    "A partial that has waited longer for its batch, because finals waited too, is dropped. One is also dropped"
                            + " when the next of its utterance comes.");

    // ---- Guard

    public static final ConfigOption<Boolean> GUARD_ENABLED = key("guard.enabled")
            .booleanType()
            .defaultValue(true)
            .withDescription(
                    "Whether text that nobody said, by all the evidence together, is suppressed and published to"
                            + " suppressed.topic instead. Windows without speech by the decoder's own rule are not text in any case.");

    public static final ConfigOption<Double> GUARD_COMPRESSION_RATIO = key("guard.compression-ratio-threshold")
            .doubleType()
            .defaultValue(GuardSettings.DEFAULT.compressionRatio())
            .withDescription("Text that compresses better than this is suppressed, if it also repeats itself by"
                    + " guard.repeated-share or is below decode.log-probability-threshold.");

    public static final ConfigOption<Double> GUARD_REPEATED_SHARE = key("guard.repeated-share")
            .doubleType()
            .defaultValue(GuardSettings.DEFAULT.repeatedShare())
            .withDescription("Share of the words, from which on one sequence of words said more than three times in a"
                    + " row counts as repetition.");

    public static final ConfigOption<Double> GUARD_MOST_WORDS_PER_SECOND = key("guard.most-words-per-second")
            .doubleType()
            .defaultValue(GuardSettings.DEFAULT.mostWordsPerSecond())
            .withDescription(
                    "Text of 8 words and more, and of more words than this a second of its window, is suppressed.");

    public static final ConfigOption<Double> GUARD_LEAST_WORDS_PER_SECOND = key("guard.least-words-per-second")
            .doubleType()
            .defaultValue(GuardSettings.DEFAULT.leastWordsPerSecond())
            .withDescription("Text of fewer words than this a second of detected speech is suppressed, from 5 s of"
                    + " speech on. 0: never.");

    public static final ConfigOption<Double> GUARD_LITTLE_SPEECH_RATIO = key("guard.little-speech-ratio")
            .doubleType()
            .defaultValue(GuardSettings.DEFAULT.littleSpeechRatio())
            .withDescription("Text is suppressed if the detector took a smaller share of its window for speech and the"
                    + " no-speech probability is above decode.no-speech-threshold.");

    public static final ConfigOption<Double> GUARD_PHRASE_SPEECH_RATIO = key("guard.phrase-speech-ratio")
            .doubleType()
            .defaultValue(GuardSettings.DEFAULT.phraseSpeechRatio())
            .withDescription("Text that is nothing but guard.phrases is suppressed if the detector took a smaller share"
                    + " of its window for speech.");

    public static final ConfigOption<String> GUARD_PHRASES = key("guard.phrases")
            .stringType()
            .defaultValue(String.join("; ", GuardSettings.DEFAULT_PHRASES))
            .withDescription("What models make up in silence, separated by semicolons; case and punctuation do not"
                    + " matter.");

    // ---- Calls

    public static final ConfigOption<Duration> CALLS_SETTLE_TIME = key("calls.settle-time")
            .durationType()
            .defaultValue(Duration.ofSeconds(5))
            .withDescription("How long nothing may come after the end of all channels of a call before its record is"
                    + " published. What comes later makes a revision.");

    // ---- State

    public static final ConfigOption<Duration> STATE_TIME_TO_LIVE = key("state.time-to-live")
            .durationType()
            .defaultValue(Duration.ofHours(24))
            .withDescription("State of a channel or call that nothing arrives for is forgotten after this time.");

    private JobOptions() {}

    /** Where a job without a savepoint begins to read. */
    public enum InputStart {
        COMMITTED,
        EARLIEST,
        LATEST
    }

    /** What computes. */
    public enum BackEnd {
        CPU,
        ECHO,
        NPU,
        AUTO
    }

    /** What an NPU is. */
    public enum NpuDevice {
        XRT,
        EMULATED,
        ECHO
    }

    /** How word times are found. */
    public enum Alignment {
        AUTO,
        CTC,
        DTW
    }

    /** What tells speech from the rest. */
    public enum Detector {
        NEURAL,
        ENERGY
    }

    /** Values of {@link #FIND_SPEECH_PACKING}. */
    public enum Packing {
        OFF,
        ON
    }

    /** What linear maps are computed in. */
    public enum Precision {
        AUTO,
        F32,
        BF16,
        INT8
    }
}
