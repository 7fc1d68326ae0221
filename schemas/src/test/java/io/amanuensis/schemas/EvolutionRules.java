package io.amanuensis.schemas;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;

/**
 * What a newer version may differ in from an older one. Stricter than Avro's compatibility, which lets fields be renamed by
 * alias, widened, reordered or dropped: people read these fields by name in dashboards, in two encodings.
 */
final class EvolutionRules {
    private final List<String> violations = new ArrayList<>();

    private EvolutionRules() {}

    /** Empty if every record of either version can be read with the other, and only additions were made. */
    static List<String> violations(Schema older, Schema newer) {
        EvolutionRules rules = new EvolutionRules();
        rules.readable("the newer reads the older", newer, older);
        rules.readable("the older reads the newer", older, newer);
        rules.compare(older.getName(), older, newer);
        return rules.violations;
    }

    private void readable(String direction, Schema reader, Schema writer) {
        SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getResult()
                .getIncompatibilities()
                .forEach(difference -> violations.add(direction + ": " + difference));
    }

    private void compare(String path, Schema older, Schema newer) {
        if (older.getType() != newer.getType() || !Objects.equals(older.getLogicalType(), newer.getLogicalType())) {
            violations.add(path + ": type changed");
            return;
        }
        switch (older.getType()) {
            case RECORD -> compareFields(path, older.getFields(), newer.getFields());
            case ENUM -> compareSymbols(path, older, newer);
            case ARRAY -> compare(path + "[]", older.getElementType(), newer.getElementType());
            case UNION -> compareBranches(path, older.getTypes(), newer.getTypes());
            default -> {}
        }
    }

    private void compareFields(String path, List<Field> older, List<Field> newer) {
        for (int i = 0; i < newer.size(); i++) {
            Field field = newer.get(i);
            String name = path + "." + field.name();
            if (i >= older.size()) {
                require(field.hasDefaultValue(), name + ": added without a default");
            } else if (!field.name().equals(older.get(i).name())) {
                violations.add(name + ": stands where " + older.get(i).name()
                        + " was; add at the end, never reorder or rename");
            } else {
                require(Objects.equals(field.defaultVal(), older.get(i).defaultVal()), name + ": default changed");
                compare(name, older.get(i).schema(), field.schema());
            }
        }
        require(newer.size() >= older.size(), path + ": fields removed");
    }

    private void compareSymbols(String path, Schema older, Schema newer) {
        List<String> known = older.getEnumSymbols();
        List<String> symbols = newer.getEnumSymbols();
        require(
                symbols.size() >= known.size()
                        && symbols.subList(0, known.size()).equals(known),
                path + ": symbols may only be appended");
        require("UNKNOWN".equals(newer.getEnumDefault()), path + ": the default must be UNKNOWN");
    }

    private void compareBranches(String path, List<Schema> older, List<Schema> newer) {
        if (older.size() != newer.size()) {
            violations.add(path + ": branches changed");
            return;
        }
        for (int i = 0; i < older.size(); i++) {
            compare(path, older.get(i), newer.get(i));
        }
    }

    private void require(boolean kept, String violation) {
        if (!kept) {
            violations.add(violation);
        }
    }
}
