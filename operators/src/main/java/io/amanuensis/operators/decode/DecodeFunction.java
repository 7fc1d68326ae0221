package io.amanuensis.operators.decode;

import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.device.Level;
import io.amanuensis.operators.element.DecodedWindow;
import io.amanuensis.operators.element.DecodedWindow.Hypothesis;
import io.amanuensis.operators.element.EncodedWindow;
import io.amanuensis.operators.element.EngineFacts;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.DecodingBatch;
import io.amanuensis.operators.engine.EngineStage;
import io.amanuensis.operators.engine.SpeechEngine;
import io.amanuensis.operators.microbatch.ContinuousFunction;
import io.amanuensis.schemas.Alignment;
import io.amanuensis.schemas.DeadLetterCause;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Tokens, text and word times of encoder states, each window in its own language, in a running batch. Words are aligned here
 * and not in {@code align} because the decoder still has the keys and values of the window's states, which take as long to
 * compute as all else that an alignment needs.
 */
public final class DecodeFunction extends EngineStage implements ContinuousFunction<EncodedWindow, DecodedWindow> {
    private static final long serialVersionUID = 1;

    private final DecodeSettings settings;
    private transient Map<Long, EncodedWindow> windows;
    private transient List<Result<DecodedWindow>> failedBefore;
    private transient DecodingBatch batch;
    private transient Counter fallbacks;

    public DecodeFunction(SpeechEngine.Provider provider, DecodeSettings settings) {
        super(Uids.DECODE, provider);
        this.settings = settings;
    }

    @Override
    public void open(MetricGroup metrics) {
        super.open(metrics);
        windows = new HashMap<>();
        failedBefore = new ArrayList<>();
        fallbacks = metrics.counter("temperatureFallbacks");
        batch = new DecodingBatch(
                stage(),
                settings.windows(),
                engine().timeout(),
                () -> engine().openDecoder(settings.decoder()),
                judge(engine().alignment() != Alignment.SKIPPED),
                counters());
    }

    private DecodingBatch.Judge judge(boolean canAlign) {
        return new DecodingBatch.Judge() {
            @Override
            public boolean isGood(Decoding decoding) {
                boolean good = settings.fallback().isGood(decoding);
                if (!good) {
                    fallbacks.inc();
                }
                return good;
            }

            @Override
            public boolean wantsWords(Decoding decoding) {
                return canAlign && isSpeech(decoding);
            }
        };
    }

    private boolean isSpeech(Decoding decoding) {
        return settings.fallback().noSpeech().isSpeech(decoding);
    }

    @Override
    public boolean hasRoom() {
        return batch.hasRoom();
    }

    @Override
    public void add(long id, EncodedWindow window) {
        WindowFailure failure = window.failure() != null ? window.failure() : ofAnotherModel(window);
        if (failure != null) {
            failedBefore.add(new Result<>(id, DecodedWindow.failed(window, failure)));
            return;
        }
        windows.put(id, window);
        String hint = window.info().channel.languageHint;
        DecodingOptions options =
                hint == null ? settings.options() : settings.options().withLanguage(hint);
        boolean cheaper = window.level() == Level.CHEAPER_DECODING;
        batch.add(
                id,
                window.states(),
                window.info().soundSamples(),
                cheaper
                        ? List.of(options.withBeamSize(1).withTemperature(0))
                        : settings.fallback().attempts(options),
                // An utterance that shares its window is told from its neighbours by word times.
                !cheaper || !window.info().packed.isEmpty());
    }

    /** What is in flight when a job goes on with another model: no text may be of the one and claim the other. */
    private WindowFailure ofAnotherModel(EncodedWindow window) {
        EngineFacts model = engine().facts();
        return window.engine().modelHash().equals(model.modelHash())
                ? null
                : new WindowFailure(
                        stage(),
                        DeadLetterCause.ENGINE_INPUT,
                        ("encoded by the model %s (%s), and this job has %s (%s): end a job with --drain before it goes on with another"
                                        + " model")
                                .formatted(
                                        window.engine().modelName(),
                                        window.engine().modelHash(),
                                        model.modelName(),
                                        model.modelHash()));
    }

    @Override
    public List<Result<DecodedWindow>> advance() {
        if (!failedBefore.isEmpty()) {
            List<Result<DecodedWindow>> results = List.copyOf(failedBefore);
            failedBefore.clear();
            return results;
        }
        return batch.advance().stream().map(this::result).toList();
    }

    private Result<DecodedWindow> result(DecodingBatch.Ended ended) {
        EncodedWindow window = windows.remove(ended.id());
        return new Result<>(
                ended.id(),
                ended.failure() == null
                        ? new DecodedWindow(
                                window.withoutStates(),
                                hypothesis(ended.decoding()),
                                ended.words(),
                                ended.decodeMs(),
                                ended.alignMs(),
                                null)
                        : DecodedWindow.failed(window, ended.failure()));
    }

    private Hypothesis hypothesis(Decoding decoding) {
        return new Hypothesis(
                decoding.tokens(),
                decoding.text(),
                decoding.language(),
                decoding.averageLogProbability(),
                decoding.noSpeechProbability(),
                decoding.compressionRatio(),
                isSpeech(decoding));
    }

    @Override
    public void interrupt() {
        batch.interrupt();
    }

    @Override
    public void close() {
        if (batch != null) {
            batch.close();
        }
        super.close();
    }
}
