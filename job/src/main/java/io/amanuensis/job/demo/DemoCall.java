package io.amanuensis.job.demo;

import io.amanuensis.job.files.Call;
import io.amanuensis.job.files.CallSegments;
import io.amanuensis.job.files.Carriage;
import io.amanuensis.job.score.ReferenceCall;
import io.amanuensis.schemas.ChannelRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A bundled call: a recording, agent left and customer right, and what was really said. */
public record DemoCall(String name, Path recording, ReferenceCall reference) {
    public static final String TENANT = "demo";

    /** What telephone switches send: 20 to 500 ms; shorter costs records, longer costs latency. */
    static final int SEGMENT_MS = 250;

    /** @throws IOException if the folder holds no calls, or one of them cannot be read */
    public static List<DemoCall> in(Path samples) throws IOException {
        List<Path> recordings;
        try (Stream<Path> files = Files.list(samples)) {
            recordings = files.filter(file -> file.getFileName().toString().matches("call-.*\\.wav"))
                    .sorted()
                    .toList();
        }
        if (recordings.isEmpty()) {
            throw new IOException("no calls (call-*.wav with call-*.json) in " + samples);
        }
        List<DemoCall> calls = new ArrayList<>();
        for (Path recording : recordings) {
            String name = recording.getFileName().toString().replaceFirst("\\.wav$", "");
            calls.add(new DemoCall(name, recording, ReferenceCall.read(recording.resolveSibling(name + ".json"))));
        }
        return List.copyOf(calls);
    }

    /** The call as a telephone network sends it, now. */
    CallSegments segments(long startEpochMs) throws IOException {
        Call call = new Call(TENANT, name, startEpochMs, List.of(ChannelRole.AGENT, ChannelRole.CUSTOMER), "en");
        return CallSegments.open(recording, call, Carriage.TELEPHONE, SEGMENT_MS);
    }
}
