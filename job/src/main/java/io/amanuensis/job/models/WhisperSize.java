package io.amanuensis.job.models;

import io.amanuensis.job.models.WhisperShape.AlignmentHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The sizes that OpenAI has published, multilingual, and that of the demonstration model. */
public enum WhisperSize {
    TINY(384, 4, 6, "2.2 3.0 3.2 3.3 3.4 3.5"),
    BASE(512, 6, 8, "3.1 4.2 4.3 4.7 5.1 5.2 5.4 5.6"),
    SMALL(768, 12, 12, "5.3 5.9 8.0 8.4 8.7 8.8 9.0 9.7 9.9 10.5"),
    MEDIUM(1024, 24, 16, "13.15 15.4 15.15 16.1 20.0 23.4"),
    LARGE_V3(128, 1280, 32, 20, languages("yue"), "7.0 10.17 12.18 13.12 16.1 17.14 19.11 21.4 24.1 25.6"),
    DEMO(new WhisperShape(80, 256, 6, 2, 4, 1024, 10, 192, 768, List.of("en"), heads("1.0 1.1")));

    private static final int MEL_BINS = 80;

    private final WhisperShape shape;

    WhisperSize(int width, int layers, int heads, String alignmentHeads) {
        this(MEL_BINS, width, layers, heads, languages(), alignmentHeads);
    }

    WhisperSize(int melBins, int width, int layers, int heads, List<String> languages, String alignmentHeads) {
        this(new WhisperShape(
                melBins, width, layers, layers, heads, 4 * width, 30, 448, 50_257, languages, heads(alignmentHeads)));
    }

    WhisperSize(WhisperShape shape) {
        this.shape = shape;
    }

    public WhisperShape shape() {
        return shape;
    }

    /** The name it is published under: {@code large-v3}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<AlignmentHead> heads(String text) {
        return Arrays.stream(text.split(" "))
                .map(head -> head.split("\\."))
                .map(head -> new AlignmentHead(Integer.parseInt(head[0]), Integer.parseInt(head[1])))
                .toList();
    }

    /** In the order of their tokens. */
    private static List<String> languages(String... more) {
        List<String> codes =
                new ArrayList<>(List.of(("en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el"
                                + " ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy"
                                + " ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt"
                                + " sa lb my bo tl mg as tt haw ln ha ba jw su")
                        .split(" ")));
        codes.addAll(List.of(more));
        return codes;
    }
}
