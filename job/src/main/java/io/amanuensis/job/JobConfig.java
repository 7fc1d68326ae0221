package io.amanuensis.job;

import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.DeviceOptions;
import io.amanuensis.engine.ModelOptions;
import io.amanuensis.job.JobOptions.BackEnd;
import io.amanuensis.job.JobOptions.NpuDevice;
import io.amanuensis.job.JobOptions.Packing;
import io.amanuensis.job.kafka.KafkaSettings;
import io.amanuensis.job.placement.Placement;
import io.amanuensis.job.placement.SlotProfile;
import io.amanuensis.operators.account.AccountSettings;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.decode.NoSpeechRule;
import io.amanuensis.operators.decode.TemperatureFallback;
import io.amanuensis.operators.decodeaudio.DecodeAudioSettings;
import io.amanuensis.operators.device.BreakerSettings;
import io.amanuensis.operators.device.DegradationSettings;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.device.ProofSettings;
import io.amanuensis.operators.encode.BackEndPolicy;
import io.amanuensis.operators.encode.DeviceSettings;
import io.amanuensis.operators.engine.NativeSpeechEngine;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.engine.ThreadBudget;
import io.amanuensis.operators.fetch.AllowedPrefixes;
import io.amanuensis.operators.fetch.FetchSettings;
import io.amanuensis.operators.findspeech.EnergyDetector;
import io.amanuensis.operators.findspeech.EnergySettings;
import io.amanuensis.operators.findspeech.FindSpeechSettings;
import io.amanuensis.operators.findspeech.FollowSettings;
import io.amanuensis.operators.findspeech.NeuralDetector;
import io.amanuensis.operators.findspeech.NeuralSettings;
import io.amanuensis.operators.findspeech.PackingSettings;
import io.amanuensis.operators.findspeech.SpeechDetector;
import io.amanuensis.operators.guard.GuardSettings;
import io.amanuensis.operators.microbatch.InFlightBounds;
import io.amanuensis.operators.microbatch.MicroBatchSettings;
import io.amanuensis.operators.microbatch.YieldSettings;
import io.amanuensis.operators.npu.NpuCheck;
import io.amanuensis.operators.npu.TaskCheck;
import io.amanuensis.operators.sequence.SequenceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.util.TimeUtils;

/**
 * The job's options, read once and checked: a value outside its range is an {@link IllegalArgumentException} that names key,
 * value and what is legal. Later sources win: defaults, configuration file, {@code -D}.
 */
public final class JobConfig {
    private static final long LARGEST_SEGMENT_BYTES = 64L << 20;

    /** Of the encoder's windows, and for one scale of the decoder's. */
    private static final int MOST_BATCH = 64;

    /** One for each channel of a subtask that somebody speaks on; more are dropped, the oldest first. */
    private static final int MOST_WAITING_PARTIALS = 256;

    /** They are part of each checkpoint. */
    private static final long MOST_WAITING_PARTIAL_BYTES = 16L << 20;

    /** Of the native decoder. */
    private static final int MOST_SEQUENCES = 256;

    private static final int MOST_NPUS = 1024;

    /** tdr_timeout_ms of the kernel driver amdxdna. */
    private static final Duration WATCHDOG = Duration.ofSeconds(2);

    /** Of the library: no call may take longer. */
    private static final Duration LONGEST_CALL = Duration.ofHours(24);

    /** Batches in a row that waited too long, before work is degraded. */
    private static final int STRAINS = 5;

    private final Configuration configuration;
    private final SpeechEngine.Provider engine;
    private final SpeechEngine.Provider device; // null without
    private final DeviceSettings deviceSettings; // without meaning where there is no device
    private final Placement placement; // null without
    private final DecodeSettings decode;
    private final MicroBatchSettings encodeBatches;
    private final MicroBatchSettings alignBatches;
    private final FetchSettings fetch;
    private final SequenceSettings sequence;
    private final DecodeAudioSettings decodeAudio;
    private final FindSpeechSettings findSpeech;
    private final FollowSettings follow;
    private final PackingSettings packing;
    private final YieldSettings partialBatches;
    private final GuardSettings guard;
    private final AccountSettings account;
    private final Duration stateTimeToLive;

    private JobConfig(Configuration configuration) {
        this.configuration = configuration;
        this.stateTimeToLive = positive(JobOptions.STATE_TIME_TO_LIVE);
        this.engine = engine();
        this.device = device();
        this.deviceSettings = deviceSettingsWith(deviceEngine().orElse(engine));
        this.placement = placing();
        this.decode = decode();
        this.encodeBatches = batches(JobOptions.ENCODE_BATCH_SIZE, notNegative(JobOptions.ENCODE_BATCH_WAIT));
        // Windows come from decode as they end: what has come when the thread is free is a batch.
        this.alignBatches = batches(JobOptions.DECODE_BATCH_SIZE, Duration.ZERO);
        this.fetch = fetch();
        this.sequence = sequence();
        this.decodeAudio = new DecodeAudioSettings(DecodeAudioSettings.DEFAULT.clockTolerance(), stateTimeToLive);
        this.findSpeech = findSpeech();
        this.follow = follow();
        this.packing = new PackingSettings(
                choice(JobOptions.FIND_SPEECH_PACKING) == Packing.ON,
                milliseconds(JobOptions.FIND_SPEECH_PACKING_WAIT, 1000, 600_000));
        this.partialBatches = partialBatches();
        this.guard = guard();
        this.account = new AccountSettings(
                checked(
                        JobOptions.CALLS_SETTLE_TIME,
                        time -> !time.isNegative() && time.compareTo(stateTimeToLive) < 0,
                        "0 ms or more, and less than %s, which is %s"
                                .formatted(JobOptions.STATE_TIME_TO_LIVE.key(), stateTimeToLive)),
                stateTimeToLive);
    }

    public static JobConfig from(Configuration configuration) {
        return new JobConfig(new Configuration(configuration));
    }

    /** Needs {@code kafka.bootstrap.servers}; nothing else of this configuration does. */
    public KafkaSettings kafka() {
        required(JobOptions.BOOTSTRAP_SERVERS, "such as broker-1:9092,broker-2:9092");
        return new KafkaSettings(
                withPrefix(JobOptions.KAFKA_PREFIX),
                configuration.get(JobOptions.INPUT_TOPIC),
                groupId(),
                choice(JobOptions.INPUT_START),
                configuration.get(JobOptions.INPUT_BOUNDED),
                positive(JobOptions.INPUT_BACKLOG_AFTER),
                (int) checked(
                                JobOptions.INPUT_MAX_SEGMENT_SIZE,
                                size -> size.getBytes() > 0 && size.getBytes() <= LARGEST_SEGMENT_BYTES,
                                "1 byte to 64 MiB")
                        .getBytes(),
                configuration.get(JobOptions.TRANSCRIPTS_TOPIC),
                configuration.get(JobOptions.PARTIALS_TOPIC),
                configuration.get(JobOptions.CALLS_TOPIC),
                configuration.get(JobOptions.SUPPRESSED_TOPIC),
                configuration.get(JobOptions.DEAD_LETTERS_TOPIC),
                configuration.get(JobOptions.RETRY_TOPIC),
                configuration.get(JobOptions.RETRY_REPLAYED_TOPIC),
                choice(JobOptions.OUTPUT_ENCODING),
                transactionTimeout());
    }

    /** Two jobs of one group would abort each other's transactions. */
    private String groupId() {
        return configuration.get(JobOptions.INPUT_GROUP_ID) + (replaysParkedWindows() ? "-retry" : "");
    }

    /** Whether the job is the one that reads the retry topic. */
    public boolean replaysParkedWindows() {
        return configuration.get(JobOptions.RETRY_REPLAY);
    }

    /** Whether windows may be parked, so that news of them may come when they have been replayed. */
    public boolean parksWindows() {
        return device != null
                && (deviceSettings.policy() == BackEndPolicy.DEVICE
                        || deviceSettings.degradation().deepest() == Level.PARKED);
    }

    /** Of every stage but {@code encode}, and of that too unless there is a {@link #deviceEngine}: the processor, or echo. */
    public SpeechEngine.Provider speechEngine() {
        return engine;
    }

    /** The encoder's on an NPU, with model.back-end npu or auto. */
    public Optional<SpeechEngine.Provider> deviceEngine() {
        return Optional.ofNullable(device);
    }

    /** With model.back-end npu alone: any other job runs wherever there is room. */
    public Optional<Placement> placement() {
        return Optional.ofNullable(placement);
    }

    /** How {@code encode} treats the device, with model.back-end npu or auto. */
    public Optional<DeviceSettings> deviceSettings() {
        return deviceEngine().map(device -> deviceSettings);
    }

    private DeviceSettings deviceSettingsWith(SpeechEngine.Provider device) {
        return new DeviceSettings(
                choice(JobOptions.MODEL_BACK_END) == BackEnd.AUTO ? BackEndPolicy.DEVICE_OR_CPU : BackEndPolicy.DEVICE,
                device,
                engine,
                deviceName(),
                new BreakerSettings(
                        BreakerSettings.DEFAULT.failures(),
                        positive(JobOptions.NPU_OPEN_TIME),
                        BreakerSettings.DEFAULT.probes()),
                positive(JobOptions.NPU_PARK_AFTER),
                notNegative(JobOptions.NPU_SPILL_AFTER),
                checked(JobOptions.RETRY_MAX_ATTEMPTS, attempts -> attempts >= 1, "1 or more"),
                new DegradationSettings(
                        checked(JobOptions.DEGRADATION_DEEPEST_LEVEL, level -> level >= 2 && level <= 4, "2, 3 or 4"),
                        STRAINS,
                        positive(JobOptions.DEGRADATION_WAIT_MOST),
                        positive(JobOptions.DEGRADATION_STABLE_TIME)),
                new ProofSettings(share(JobOptions.NPU_PROOF_FRACTION), share(JobOptions.NPU_PROOF_GATE)));
    }

    public DecodeSettings decodeSettings() {
        return decode;
    }

    /** The running batch, and the encoder's batches behind it but for the one that the encoder computes. */
    public InFlightBounds decodeBounds() {
        int behind = encodeBatches.maxInFlight() - encodeBatches.maxBatchSize();
        return new InFlightBounds(alignBatches.maxBatchSize() + behind, encodeBatches.maxInFlightBytes());
    }

    public MicroBatchSettings encodeBatchSettings() {
        return encodeBatches;
    }

    public MicroBatchSettings alignBatchSettings() {
        return alignBatches;
    }

    public FetchSettings fetchSettings() {
        return fetch;
    }

    public SequenceSettings sequenceSettings() {
        return sequence;
    }

    public DecodeAudioSettings decodeAudioSettings() {
        return decodeAudio;
    }

    public FindSpeechSettings findSpeechSettings() {
        return findSpeech;
    }

    public FollowSettings followSettings() {
        return follow;
    }

    public PackingSettings packingSettings() {
        return packing;
    }

    public YieldSettings partialBatchSettings() {
        return partialBatches;
    }

    public GuardSettings guardSettings() {
        return guard;
    }

    public AccountSettings accountSettings() {
        return account;
    }

    public Duration stateTimeToLive() {
        return stateTimeToLive;
    }

    /** Of a task that was placed beside a real NPU. */
    public TaskCheck encoderCheck() {
        return placement == null || choice(JobOptions.NPU_DEVICE) != NpuDevice.XRT
                ? TaskCheck.NONE
                : new NpuCheck(placement.resourceName());
    }

    /** Without the prefix. */
    private Map<String, String> withPrefix(String prefix) {
        Map<String, String> found = new HashMap<>();
        configuration.toMap().forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }

    private Duration transactionTimeout() {
        Duration checkpointTimeout = configuration.get(CheckpointingOptions.CHECKPOINTING_TIMEOUT);
        return checked(
                JobOptions.TRANSACTION_TIMEOUT,
                timeout -> timeout.compareTo(checkpointTimeout) > 0,
                "longer than %s, which is %s: a transaction stays open for a whole checkpoint and the outage after it"
                        .formatted(CheckpointingOptions.CHECKPOINTING_TIMEOUT.key(), checkpointTimeout));
    }

    private SpeechEngine.Provider engine() {
        String path = configuration.get(JobOptions.MODEL_PATH);
        ModelOptions options;
        if (isEcho()) {
            options = ModelOptions.echo()
                    .withEchoHoldMs((int) notNegative(JobOptions.ECHO_HOLD).toMillis());
        } else {
            required(JobOptions.MODEL_PATH, "a folder with config.json and model.safetensors");
            options = ModelOptions.cpu();
        }
        return provider(path, options);
    }

    private boolean isEcho() {
        return switch (choice(JobOptions.MODEL_BACK_END)) {
            case CPU -> false;
            case ECHO -> true;
            case NPU, AUTO -> choice(JobOptions.NPU_DEVICE) == NpuDevice.ECHO;
        };
    }

    private SpeechEngine.Provider device() {
        BackEnd backEnd = choice(JobOptions.MODEL_BACK_END);
        if (backEnd == BackEnd.CPU || backEnd == BackEnd.ECHO) {
            return null;
        }
        Duration runTimeout = checked(
                JobOptions.NPU_RUN_TIMEOUT,
                timeout -> timeout.compareTo(WATCHDOG) > 0,
                "longer than " + TimeUtils.formatWithHighestUnit(WATCHDOG) + ", the driver's own watchdog");
        return switch (choice(JobOptions.NPU_DEVICE)) {
            case ECHO -> engine;
            case EMULATED -> onDevice(DeviceOptions.emulated().withRunTimeout(runTimeout));
            case XRT -> {
                required(JobOptions.NPU_OVERLAY, "a folder with overlay.json and what it names");
                yield onDevice(DeviceOptions.xrt(configuration.get(JobOptions.NPU_OVERLAY))
                        .withRunTimeout(runTimeout));
            }
        };
    }

    /** With its options, of which the node may be one. */
    private String deviceName() {
        Map<String, String> options = new TreeMap<>(withPrefix(JobOptions.NPU_OPTION_PREFIX));
        return "npu " + lowerCase(choice(JobOptions.NPU_DEVICE)) + (options.isEmpty() ? "" : " " + options);
    }

    private SpeechEngine.Provider onDevice(DeviceOptions device) {
        DeviceOptions options = device;
        for (Map.Entry<String, String> given :
                withPrefix(JobOptions.NPU_OPTION_PREFIX).entrySet()) {
            options = options.with("device-" + given.getKey(), given.getValue());
        }
        return provider(configuration.get(JobOptions.MODEL_PATH), ModelOptions.npu(options));
    }

    private SpeechEngine.Provider provider(String modelFolder, ModelOptions options) {
        String precision = lowerCase(choice(JobOptions.MODEL_PRECISION));
        return new ThreadBudget(
                checked(
                        JobOptions.NATIVE_THREADS,
                        value -> value >= 0 && value <= ThreadBudget.MOST_THREADS,
                        "0 to " + ThreadBudget.MOST_THREADS),
                NativeSpeechEngine.provider(
                        modelFolder,
                        options.withIsa(configuration.get(JobOptions.MODEL_ISA))
                                .withPrecision(precision)
                                .withAudioContext(choice(JobOptions.MODEL_AUDIO_CONTEXT))
                                .withAlignment(lowerCase(choice(JobOptions.MODEL_ALIGNMENT))),
                        checked(
                                JobOptions.ENGINE_TIMEOUT,
                                timeout -> timeout.toMillis() > 0 && timeout.compareTo(LONGEST_CALL) <= 0,
                                "1 ms to 24 h")));
    }

    private Placement placing() {
        if (choice(JobOptions.MODEL_BACK_END) != BackEnd.NPU) {
            return null;
        }
        return new Placement(
                new SlotProfile(
                        cores(JobOptions.NPU_SLOT_CORES),
                        someMemory(JobOptions.NPU_SLOT_HEAP),
                        configuration.get(JobOptions.NPU_SLOT_OFF_HEAP),
                        configuration.get(JobOptions.NPU_SLOT_MANAGED)),
                configuration.get(JobOptions.NPU_RESOURCE_NAME),
                checked(JobOptions.NPU_RESOURCE_AMOUNT, amount -> amount > 0 && amount <= 1, "above 0, at most 1"),
                checked(JobOptions.NPU_PARALLELISM, value -> value >= 1 && value <= MOST_NPUS, "1 to " + MOST_NPUS),
                new SlotProfile(
                        cores(JobOptions.CPU_SLOT_CORES),
                        someMemory(JobOptions.CPU_SLOT_HEAP),
                        configuration.get(JobOptions.CPU_SLOT_OFF_HEAP),
                        someMemory(JobOptions.CPU_SLOT_MANAGED)),
                configuration.get(JobOptions.CPU_SLOT_RESOURCE_NAME));
    }

    private double cores(ConfigOption<Double> option) {
        return checked(option, cores -> cores > 0, "above 0");
    }

    private MemorySize someMemory(ConfigOption<MemorySize> option) {
        return checked(option, size -> size.getBytes() > 0, "above 0");
    }

    private DecodeSettings decode() {
        DecodingOptions options = decoding();
        int mostWindows = MOST_SEQUENCES / options.beamSize();
        int windows = checked(
                JobOptions.DECODE_BATCH_SIZE,
                value -> value >= 1 && value <= Math.min(MOST_BATCH, mostWindows),
                "1 to %d with %s: %d"
                        .formatted(
                                Math.min(MOST_BATCH, mostWindows),
                                JobOptions.DECODE_BEAM_SIZE.key(),
                                options.beamSize()));
        return new DecodeSettings(options, windows, configuration.get(JobOptions.DECODE_KV_CACHE), fallback());
    }

    private TemperatureFallback fallback() {
        return new TemperatureFallback(
                temperatures(),
                checked(JobOptions.COMPRESSION_RATIO_THRESHOLD, value -> value > 0, "above 0"),
                noSpeech());
    }

    private List<Double> temperatures() {
        String text = configuration.get(JobOptions.DECODE_TEMPERATURES);
        List<Double> temperatures = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            try {
                temperatures.add(Double.valueOf(part.strip()));
            } catch (NumberFormatException e) {
                throw illegalTemperatures(text);
            }
        }
        if (!temperatures.stream().allMatch(value -> value >= 0 && value <= 2)) {
            throw illegalTemperatures(text);
        }
        return temperatures;
    }

    private static IllegalArgumentException illegalTemperatures(String text) {
        return illegal(
                JobOptions.DECODE_TEMPERATURES, text, "numbers from 0 to 2, separated by commas, such as 0,0.2,0.4");
    }

    private DecodingOptions decoding() {
        String language = configuration.get(JobOptions.DECODE_LANGUAGE);
        DecodingOptions options = DecodingOptions.defaults()
                .withTimestamps(configuration.get(JobOptions.DECODE_TIMESTAMPS))
                .withMaxTokens(checked(JobOptions.DECODE_MAX_TOKENS, tokens -> tokens >= 0, "0 or more"))
                .withMinTokens(minTokens())
                .withBeamSize(checked(JobOptions.DECODE_BEAM_SIZE, size -> size >= 1 && size <= 16, "1 to 16"));
        try {
            return options.withLanguage(language);
        } catch (IllegalArgumentException e) {
            throw illegal(JobOptions.DECODE_LANGUAGE, language, "auto or a code of the model, such as en");
        }
    }

    private int minTokens() {
        int maxTokens = configuration.get(JobOptions.DECODE_MAX_TOKENS);
        return checked(
                JobOptions.DECODE_MIN_TOKENS,
                tokens -> tokens >= 0 && (maxTokens == 0 || tokens <= maxTokens),
                "0 or more, and at most %s, which is %d".formatted(JobOptions.DECODE_MAX_TOKENS.key(), maxTokens));
    }

    private NoSpeechRule noSpeech() {
        return new NoSpeechRule(
                checked(JobOptions.NO_SPEECH_THRESHOLD, value -> value >= 0 && value <= 1, "0 to 1"),
                checked(JobOptions.LOG_PROBABILITY_THRESHOLD, value -> value <= 0, "0 or less"));
    }

    private GuardSettings guard() {
        NoSpeechRule rule = decode.fallback().noSpeech();
        return new GuardSettings(
                configuration.get(JobOptions.GUARD_ENABLED),
                rule.noSpeechProbability(),
                rule.averageLogProbability(),
                checked(JobOptions.GUARD_COMPRESSION_RATIO, value -> value > 0, "above 0"),
                share(JobOptions.GUARD_REPEATED_SHARE),
                checked(JobOptions.GUARD_MOST_WORDS_PER_SECOND, value -> value > 0, "above 0"),
                checked(JobOptions.GUARD_LEAST_WORDS_PER_SECOND, value -> value >= 0, "0 or more"),
                share(JobOptions.GUARD_LITTLE_SPEECH_RATIO),
                share(JobOptions.GUARD_PHRASE_SPEECH_RATIO),
                List.of(configuration.get(JobOptions.GUARD_PHRASES).split(";")));
    }

    private double share(ConfigOption<Double> option) {
        return checked(option, value -> value >= 0 && value <= 1, "0 to 1");
    }

    private SequenceSettings sequence() {
        Duration gapWait = checked(
                JobOptions.SEQUENCE_GAP_WAIT,
                wait -> wait.toMillis() > 0 && wait.compareTo(stateTimeToLive) < 0,
                "1 ms or more, and less than %s, which is %s"
                        .formatted(JobOptions.STATE_TIME_TO_LIVE.key(), stateTimeToLive));
        SequenceSettings defaults = SequenceSettings.DEFAULT;
        Duration callIdleTimeout = checked(
                JobOptions.CALL_IDLE_TIMEOUT,
                timeout -> timeout.compareTo(gapWait) > 0 && timeout.compareTo(stateTimeToLive) <= 0,
                "longer than %s, which is %s, and at most %s, which is %s"
                        .formatted(
                                JobOptions.SEQUENCE_GAP_WAIT.key(),
                                gapWait,
                                JobOptions.STATE_TIME_TO_LIVE.key(),
                                stateTimeToLive));
        return new SequenceSettings(
                gapWait, defaults.maxPendingSegments(), maxPendingBytes(), callIdleTimeout, stateTimeToLive);
    }

    /** Two files may wait for the one before them. */
    private long maxPendingBytes() {
        long most = SequenceSettings.DEFAULT.maxPendingBytes();
        return fetch.allowed().isEmpty() ? most : Math.max(most, 2L * fetch.maxBytes());
    }

    private FetchSettings fetch() {
        String prefixes = configuration.get(JobOptions.REFERENCE_ALLOWED_PREFIXES);
        AllowedPrefixes allowed;
        try {
            allowed = AllowedPrefixes.of(
                    prefixes == null || prefixes.isBlank()
                            ? List.of()
                            : Arrays.stream(prefixes.split(";"))
                                    .map(String::strip)
                                    .toList());
        } catch (IllegalArgumentException e) {
            throw illegal(
                    JobOptions.REFERENCE_ALLOWED_PREFIXES,
                    prefixes,
                    "folders as URIs that end in '/', separated by semicolons, such as file:///data/calls/;s3://bucket/");
        }
        return new FetchSettings(
                allowed,
                (int) checked(
                                JobOptions.REFERENCE_MAX_SIZE,
                                size -> size.getBytes() > 0 && size.getBytes() <= LARGEST_SEGMENT_BYTES,
                                "1 byte to 64 MiB")
                        .getBytes(),
                positive(JobOptions.REFERENCE_TIMEOUT));
    }

    private FindSpeechSettings findSpeech() {
        FindSpeechSettings defaults = FindSpeechSettings.DEFAULT;
        int minSilenceMs = milliseconds(JobOptions.FIND_SPEECH_MIN_SILENCE, 40, 10_000);
        return new FindSpeechSettings(
                detector(),
                milliseconds(JobOptions.FIND_SPEECH_MIN_SPEECH, 20, 2_000),
                defaults.maxDipMs(),
                minSilenceMs,
                minSilenceMs / 2,
                milliseconds(JobOptions.FIND_SPEECH_PADDING_BEFORE, 0, 2_000),
                milliseconds(JobOptions.FIND_SPEECH_PADDING_AFTER, 0, 2_000),
                defaults.cutSearchMs(),
                milliseconds(JobOptions.FIND_SPEECH_SEAM_CONTEXT, 0, 2_000),
                defaults.maxNonSpeechMs());
    }

    private SpeechDetector detector() {
        double threshold =
                checked(JobOptions.FIND_SPEECH_THRESHOLD, value -> value > 0 && value < 1, "above 0, below 1");
        double exitThreshold = checked(
                JobOptions.FIND_SPEECH_EXIT_THRESHOLD,
                value -> value > 0 && value <= threshold,
                "above 0, at most %s, which is %s".formatted(JobOptions.FIND_SPEECH_THRESHOLD.key(), threshold));
        return switch (choice(JobOptions.FIND_SPEECH_DETECTOR)) {
            case NEURAL -> new NeuralDetector(new NeuralSettings(threshold, exitThreshold));
            case ENERGY -> new EnergyDetector(EnergySettings.DEFAULT);
        };
    }

    private int milliseconds(ConfigOption<Duration> option, long least, long most) {
        return (int) checked(
                        option,
                        value -> value.toMillis() >= least && value.toMillis() <= most,
                        "%d ms to %d ms".formatted(least, most))
                .toMillis();
    }

    private FollowSettings follow() {
        Duration interval = checked(
                JobOptions.PARTIALS_INTERVAL,
                value -> value.toMillis() >= 100 && value.toMillis() <= 30_000,
                "100 ms to 30 s");
        return new FollowSettings(
                configuration.get(JobOptions.PARTIALS_ENABLED),
                (int) interval.toMillis(),
                FollowSettings.DEFAULT_PIECE_MS);
    }

    private YieldSettings partialBatches() {
        int size = checked(
                JobOptions.PARTIALS_BATCH_SIZE, value -> value >= 1 && value <= MOST_BATCH, "1 to " + MOST_BATCH);
        return new YieldSettings(
                size, MOST_WAITING_PARTIALS, MOST_WAITING_PARTIAL_BYTES, positive(JobOptions.PARTIALS_MAX_WAIT));
    }

    private MicroBatchSettings batches(ConfigOption<Integer> sizeOption, Duration wait) {
        int size = checked(sizeOption, value -> value >= 1 && value <= MOST_BATCH, "1 to " + MOST_BATCH);
        int inFlight = checked(JobOptions.IN_FLIGHT_BATCHES, value -> value >= 2 && value <= 100, "2 to 100");
        long bytes = checked(JobOptions.IN_FLIGHT_SIZE, value -> value.getBytes() > 0, "above 0")
                .getBytes();
        return new MicroBatchSettings(size, wait, inFlight * size, bytes);
    }

    private Duration positive(ConfigOption<Duration> option) {
        return checked(option, value -> value.toMillis() > 0, "1 ms or more");
    }

    private Duration notNegative(ConfigOption<Duration> option) {
        return checked(option, value -> !value.isNegative(), "0 ms or more");
    }

    private void required(ConfigOption<String> option, String example) {
        String value = configuration.get(option);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("%s is not set; give %s".formatted(option.key(), example));
        }
    }

    private <E extends Enum<E>> E choice(ConfigOption<E> option) {
        try {
            return configuration.get(option);
        } catch (IllegalArgumentException e) {
            String legal = Arrays.stream(
                            option.defaultValue().getDeclaringClass().getEnumConstants())
                    .map(JobConfig::lowerCase)
                    .collect(Collectors.joining(", "));
            throw illegal(option, configuration.toMap().get(option.key()), legal);
        }
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private <T> T checked(ConfigOption<T> option, Predicate<T> legal, String legalValues) {
        T value = configuration.get(option);
        if (!legal.test(value)) {
            throw illegal(option, value, legalValues);
        }
        return value;
    }

    private static IllegalArgumentException illegal(ConfigOption<?> option, Object value, String legalValues) {
        return new IllegalArgumentException("%s is %s; legal: %s".formatted(option.key(), value, legalValues));
    }
}
