package io.amanuensis.engine;

import static org.assertj.core.api.Assertions.assertThat;

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
}
