package io.amanuensis.job;

import java.nio.file.Path;

/** The files of the demonstration model, as they lie in the source tree. */
public final class DemoModel {
    private static final Path ROOT = Path.of("..", "native", "demo-model");

    public static final Path MODEL = ROOT.resolve("model");
    public static final Path TEST_SET = ROOT.resolve("testset");
    public static final Path LONG_FORM = ROOT.resolve("reference").resolve("calls.json");

    private DemoModel() {}
}
