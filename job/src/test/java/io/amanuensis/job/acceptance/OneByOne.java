package io.amanuensis.job.acceptance;

import io.amanuensis.engine.DecoderOptions;
import io.amanuensis.engine.DecodingOptions;
import io.amanuensis.job.JobConfig;
import io.amanuensis.operators.engine.RunningDecoder;
import io.amanuensis.operators.engine.SpeechEngine;
import java.util.List;

/** The job's model without the job: one window at a time, alone in its batch. */
final class OneByOne implements AutoCloseable {
    private final SpeechEngine engine;
    private final RunningDecoder decoder;
    private final DecodingOptions options;

    OneByOne(JobConfig config) {
        engine = config.speechEngine().open();
        decoder =
                engine.openDecoder(new DecoderOptions(1, config.decodeSettings().cache(), true));
        options = config.decodeSettings().options().withLanguage("en");
    }

    int windowSamples() {
        return engine.windowSamples();
    }

    /** @param sound no longer than the model's window */
    String text(short[] sound) {
        byte[] states = engine.encode(List.of(engine.logMel(sound)), new int[] {sound.length})
                .get(0);
        long ticket = decoder.add(states, options);
        while (decoder.advance(engine.timeout()).length == 0) {}
        String text = decoder.result(ticket).text().strip();
        decoder.remove(ticket);
        return text;
    }

    @Override
    public void close() {
        decoder.close();
        engine.close();
    }
}
