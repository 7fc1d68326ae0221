package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong carries a status, says what and where, and leaves the session usable. */
class FaultsTest {
    private static final DecodingOptions OPTIONS = DecodingOptions.defaults();
    private Model model;
    private Session session;
    private float[] mel;

    @BeforeEach
    void open() {
        model = Model.open(null, ModelOptions.echo());
        session = model.openSession();
        mel = Sounds.melOf(session, Sounds.noise(1, 16_000));
    }

    @AfterEach
    void sessionIsStillUsable() {
        assertThat(Sounds.melOf(session, Sounds.noise(1, 16_000))).isEqualTo(mel);
        session.close();
        model.close();
    }

    @Test
    void windowsOutsideTheArrayOrTheModel() {
        short[] samples = new short[200_000];
        assertArgument(() -> session.logMel(samples, 0, 0, mel.clone()), "count is 0", "1 to 160000");
        assertArgument(() -> session.logMel(samples, 0, 160_001, mel.clone()), "count is 160001");
        assertArgument(() -> session.logMel(samples, 199_999, 2, mel.clone()), "199999 to 200000", "array of 200000");
        assertArgument(() -> session.logMel(samples, -1, 2, mel.clone()), "samples -1 to 0");
        assertArgument(() -> session.logMel(samples, 0, 1, new float[1]), "outMel has 1 elements", "80000");
    }

    @Test
    void batchesOfTheWrongSizeOrShape() {
        assertArgument(() -> session.encode(List.of(), null), "mels has 0 windows", "1 to 64");
        assertArgument(() -> session.encode(Collections.nCopies(65, mel), null), "mels has 65 windows");
        assertArgument(() -> session.encode(List.of(mel, new float[3]), null), "mels, window 1, has 3", "80000");
        assertArgument(() -> session.encode(Arrays.asList(mel, null), null), "window 1: null");
        assertArgument(
                () -> session.decode(List.of(new byte[7_999]), OPTIONS, null), "states, window 0, has 7999", "8000");
        assertArgument(() -> session.align(new byte[1], new int[0], 1, "en", null), "states, window 0, has 1");
    }

    @Test
    void notANumberIsTheInputsFault() {
        mel[4711] = Float.NaN;
        assertThatThrownBy(() -> session.encode(List.of(mel), null))
                .isInstanceOfSatisfying(EngineException.class, e -> {
                    assertThat(e.status()).isEqualTo(Status.NUMERIC);
                    assertThat(e.fault()).isEqualTo(Status.Fault.INPUT);
                });
        mel = Sounds.melOf(session, Sounds.noise(1, 16_000));
    }

    @Test
    void whatTheLibraryRefusesCarriesItsMessage() {
        byte[] states = session.encode(List.of(mel), null).get(0);
        assertStatus(
                () -> session.decode(List.of(states), OPTIONS.withLanguage("xx"), null), Status.OPTION, "xx", "en");
        assertStatus(
                () -> session.decode(List.of(states), OPTIONS.withMaxTokens(100_000), null),
                Status.OPTION,
                "max-tokens");
        assertStatus(() -> session.align(states, new int[] {-1}, 1, "en", null), Status.ARGUMENT, "-1");
        assertStatus(() -> session.align(states, new int[0], 999_999, "en", null), Status.ARGUMENT, "999999");
        assertStatus(() -> model.tokensOf("Größe 東京"), Status.ARGUMENT, "Größe");
    }

    @Test
    void aModelThatCannotBeOpened() {
        assertStatus(
                () -> Model.open(Path.of("no", "such"), ModelOptions.cpu()), Status.IO, "no/such", "does not exist");
        assertStatus(() -> Model.open(Path.of("pom.xml"), ModelOptions.cpu()), Status.IO, "pom.xml", "not a folder");
        assertStatus(() -> Model.open(Path.of("src"), ModelOptions.cpu()), Status.IO, "config.json");
        assertStatus(() -> Model.open(null, ModelOptions.cpu()), Status.ARGUMENT, "folder");
        assertStatus(
                () -> Model.open(
                        null,
                        new ModelOptions(
                                "abacus",
                                "auto",
                                "auto",
                                ModelOptions.AudioContext.FULL,
                                "auto",
                                0,
                                DeviceOptions.NONE)),
                Status.OPTION,
                "abacus",
                "echo");
        assertStatus(() -> Model.open(null, ModelOptions.echo().withIsa("mmx")), Status.OPTION, "mmx", "portable");
    }

    @Test
    void anUnknownStatusKeepsItsNumber() {
        EngineException unknown = EngineException.of(4711, "odd");

        assertThat(unknown.status()).isEqualTo(Status.UNKNOWN);
        assertThat(unknown.statusCode()).isEqualTo(4711);
        assertThat(unknown).hasMessageContainingAll("odd", "4711");
        assertThat(EngineException.of(-1, "").status()).isEqualTo(Status.UNKNOWN);
    }

    private static void assertArgument(ThrowingCallable use, String... parts) {
        assertStatus(use, Status.ARGUMENT, parts);
    }

    private static void assertStatus(ThrowingCallable use, Status status, String... parts) {
        assertThatThrownBy(use)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContainingAll(parts);
    }
}
