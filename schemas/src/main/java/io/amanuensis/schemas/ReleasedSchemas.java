package io.amanuensis.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Every version of the topics' records that was ever released, from the files {@code released/<Record>.v<N>.avsc}. They hold
 * all types that they name and never change. Thread-safe.
 */
public final class ReleasedSchemas implements SchemaStore {
    /** The records that travel on topics; all other types are part of these. */
    public static final List<Class<? extends SpecificRecordBase>> RECORDS = List.of(
            AudioSegment.class,
            Transcript.class,
            Partial.class,
            DeadLetter.class,
            CallRecord.class,
            SuppressedText.class,
            ParkedWindow.class,
            ReplayedWindow.class);

    private final SchemaStore.Cache byFingerprint = new SchemaStore.Cache();

    public ReleasedSchemas() {
        RECORDS.forEach(record -> versions(record).forEach(byFingerprint::addSchema));
    }

    @Override
    public Schema findByFingerprint(long fingerprint) {
        return byFingerprint.findByFingerprint(fingerprint);
    }

    /** Version 1 first, the newest last; empty if none was released yet. */
    public static List<Schema> versions(Class<? extends SpecificRecordBase> record) {
        List<Schema> versions = new ArrayList<>();
        for (Schema schema = load(record, 1); schema != null; schema = load(record, versions.size() + 1)) {
            versions.add(schema);
        }
        return versions;
    }

    /** Relative to this class. */
    static String resource(Class<? extends SpecificRecordBase> record, int version) {
        return "released/%s.v%d.avsc".formatted(record.getSimpleName(), version);
    }

    private static Schema load(Class<? extends SpecificRecordBase> record, int version) {
        String name = resource(record, version);
        try (InputStream file = ReleasedSchemas.class.getResourceAsStream(name)) {
            return file == null ? null : new Schema.Parser().parse(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }
}
