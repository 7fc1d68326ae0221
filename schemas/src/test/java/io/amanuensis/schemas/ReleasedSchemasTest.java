package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaParser;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The history of the schemas is complete, unbroken and never contradicts itself. */
class ReleasedSchemasTest {
    private static final Path RELEASED = Path.of("src/main/resources/io/amanuensis/schemas");

    static List<Class<? extends SpecificRecordBase>> records() {
        return ReleasedSchemas.RECORDS;
    }

    /** Avro's plugin does not generate a record anew when only a type that it imports has changed. */
    @ParameterizedTest
    @MethodSource("records")
    void theGeneratedCodeIsThatOfTheSources(Class<? extends SpecificRecordBase> record) throws IOException {
        SchemaParser parser = new SchemaParser();
        for (Path file : SchemaDocsTest.files()) {
            parser.parse(file);
        }
        assertThat(parser.getParsedNamedSchemas().stream()
                        .filter(schema -> schema.getFullName().equals(record.getName())))
                .as("stale generated code: run mvn -f schemas/pom.xml clean")
                .map(SchemaTrees::portable)
                .containsExactly(SchemaTrees.portable(SpecificData.get().getSchema(record)));
    }

    @ParameterizedTest
    @MethodSource("records")
    void theCurrentSchemaIsTheNewestReleased(Class<? extends SpecificRecordBase> record) throws IOException {
        Schema current = SpecificData.get().getSchema(record);
        List<Schema> versions = ReleasedSchemas.versions(record);
        String candidate = ReleasedSchemas.resource(record, versions.size() + 1);
        Path written = Path.of("target").resolve(candidate);
        Files.createDirectories(written.getParent());
        Files.writeString(written, SchemaTrees.pretty(SchemaTrees.portable(current)));
        String howTo =
                "%s differs from its newest released version, %d. To release it as it is now:%n  cp schemas/%s schemas/%s"
                        .formatted(record.getSimpleName(), versions.size(), written, RELEASED.resolve(candidate));

        assertThat(versions).as(howTo).isNotEmpty();
        assertThat(SchemaTrees.withoutDocs(SchemaTrees.portable(current)))
                .as(howTo)
                .isEqualTo(SchemaTrees.withoutDocs(SchemaTrees.portable(versions.get(versions.size() - 1))));
    }

    @ParameterizedTest
    @MethodSource("records")
    void eachVersionAndTheNewestReadOneAnother(Class<? extends SpecificRecordBase> record) {
        Schema newest = SpecificData.get().getSchema(record);
        for (Schema version : ReleasedSchemas.versions(record)) {
            assertThat(EvolutionRules.violations(version, newest)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    void theStoreFindsEachVersionByItsFingerprint(Class<? extends SpecificRecordBase> record) {
        ReleasedSchemas store = new ReleasedSchemas();
        for (Schema version : ReleasedSchemas.versions(record)) {
            assertThat(store.findByFingerprint(SchemaNormalization.parsingFingerprint64(version)))
                    .isEqualTo(version);
        }
        assertThat(store.findByFingerprint(0)).isNull();
    }

    /** A version after a missing number would never be found. */
    @Test
    void noFileOfTheHistoryIsOverlooked() throws IOException {
        Set<String> found = new HashSet<>();
        for (Class<? extends SpecificRecordBase> record : records()) {
            for (int version = 1; version <= ReleasedSchemas.versions(record).size(); version++) {
                found.add(ReleasedSchemas.resource(record, version));
            }
        }
        try (Stream<Path> files = Files.list(RELEASED.resolve("released"))) {
            assertThat(files.map(file -> "released/" + file.getFileName())).containsExactlyInAnyOrderElementsOf(found);
        }
    }
}
