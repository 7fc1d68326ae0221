package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTest {
    @Test
    void theLibraryOfThisBuildHasTheAbiOfTheseClasses() {
        assertThat(Engine.abiVersion()).isEqualTo(AmanuensisLibrary.AM_ABI_VERSION);
    }

    @Test
    void theBuildNamesVersionCompilerAndInstructionSet() {
        assertThat(Engine.libraryBuild()).matches("\\d+\\.\\d+\\.\\d+ \\S+-\\d\\S* (portable|avx2|avx512\\S*|neon)");
    }

    @Test
    void theBudgetOfThreadsIsTheProcesss() {
        int before = Engine.threads();
        try {
            Engine.setThreads(before + 1);
            assertThat(Engine.threads()).isEqualTo(before + 1);
            assertThatThrownBy(() -> Engine.setThreads(0)).hasMessageContaining("1 to 256");
        } finally {
            Engine.setThreads(before);
        }
    }

    @Test
    void computationShowsAsBusyTime() {
        try (Model model = Model.open(Path.of("demo-model/model"), ModelOptions.cpu());
                Session session = model.openSession()) {
            Duration before = Engine.busyTime();
            session.encode(List.of(new float[model.melLength()]), null);
            assertThat(Engine.busyTime()).isGreaterThan(before);
            assertThat(model.precision()).isIn("f32", "bf16");
        }
    }
}
