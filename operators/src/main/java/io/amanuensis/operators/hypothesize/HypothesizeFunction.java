package io.amanuensis.operators.hypothesize;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.Decoding;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.engine.States;
import io.amanuensis.operators.Uids;
import io.amanuensis.operators.decode.DecodeSettings;
import io.amanuensis.operators.element.SpeechNews;
import io.amanuensis.operators.element.UtteranceSoFar;
import io.amanuensis.operators.element.WindowFailure;
import io.amanuensis.operators.engine.DecodingBatch;
import io.amanuensis.operators.engine.EngineFunction;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.metrics.MetricGroup;

/**
 * What utterances seem to say so far: encoder and decoder over a batch of them, greedily at temperature 0 and without word times.
 * In the language, with the segment times and by the no-speech rule of their finals, so that the texts are comparable.
 */
public final class HypothesizeFunction extends EngineFunction<UtteranceSoFar, SpeechNews> {
    private static final long serialVersionUID = 1;

    private final DecodeSettings settings;
    private final int batchSize;
    private transient DecodingBatch decoding;

    /**
     * @param settings of the finals
     * @param batchSize utterances that are decoded together, at most
     */
    public HypothesizeFunction(SpeechEngine.Provider provider, DecodeSettings settings, int batchSize) {
        super(Uids.HYPOTHESIZE, provider);
        this.settings = settings;
        this.batchSize = batchSize;
    }

    @Override
    public void open(MetricGroup metrics) {
        super.open(metrics);
        decoding = new DecodingBatch(
                stage(),
                batchSize,
                engine().timeout(),
                () -> engine().openDecoder(new DecoderOptions(batchSize, settings.cache(), false)),
                new OneAttempt(),
                counters());
    }

    @Override
    protected List<SpeechNews> applyAll(SpeechEngine engine, List<UtteranceSoFar> batch) {
        List<byte[]> states = engine.encode(
                batch.stream().map(sound -> engine.logMel(sound.samples())).toList(),
                batch.stream().mapToInt(sound -> sound.samples().length).toArray());
        for (int i = 0; i < batch.size(); i++) {
            UtteranceSoFar sound = batch.get(i);
            decoding.add(i, states.get(i), sound.samples().length, List.of(options(sound)));
        }
        SpeechNews[] news = new SpeechNews[batch.size()];
        for (int left = batch.size(); left > 0; ) {
            for (DecodingBatch.Ended ended : decoding.advance()) {
                int i = (int) ended.id();
                news[i] = ended.failure() == null
                        ? hypothesis(engine, batch.get(i), states.get(i), ended.decoding())
                        : SpeechNews.failed(batch.get(i));
                left--;
            }
        }
        return Arrays.asList(news);
    }

    private DecodingOptions options(UtteranceSoFar sound) {
        DecodingOptions options =
                settings.options().withBeamSize(1).withTemperature(0).withMinTokens(0);
        String hint = sound.channel().languageHint;
        return hint == null ? options : options.withLanguage(hint);
    }

    private SpeechNews hypothesis(SpeechEngine engine, UtteranceSoFar sound, byte[] states, Decoding decoded) {
        String text = settings.fallback().noSpeech().isSpeech(decoded) ? decoded.text() : "";
        return SpeechNews.hypothesis(
                sound, new SpeechNews.Decoded(text, decoded.language(), States.checksum(states), engine.facts()));
    }

    @Override
    protected SpeechNews failed(SpeechEngine engine, UtteranceSoFar sound, WindowFailure failure) {
        return SpeechNews.failed(sound);
    }

    @Override
    public void close() {
        if (decoding != null) {
            decoding.close();
        }
        super.close();
    }

    private static final class OneAttempt implements DecodingBatch.Judge {
        @Override
        public boolean isGood(Decoding decoding) {
            return true;
        }

        @Override
        public boolean wantsWords(Decoding decoding) {
            return false;
        }
    }
}
