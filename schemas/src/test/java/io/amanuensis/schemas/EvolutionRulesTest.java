package io.amanuensis.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvolutionRulesTest {
    /** With ' for ", here and in the edits. */
    private static final String OLDER = """
      {'type': 'record', 'name': 'Record', 'fields': [
        {'name': 'id', 'type': 'string'},
        {'name': 'kind', 'type': {'type': 'enum', 'name': 'Kind', 'symbols': ['UNKNOWN', 'A'], 'default': 'UNKNOWN'}},
        {'name': 'at', 'type': ['null', 'long'], 'default': null},
        {'name': 'parts', 'type': {'type': 'array', 'items':
          {'type': 'record', 'name': 'Part', 'fields': [{'name': 'ms', 'type': 'int', 'default': 0}]}}}
      ]}""";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'A']          | 'A', 'B']",
                "{'name': 'id' | {'doc': 'Now explained.', 'name': 'id'",
                "0}]}}}        | 0}]}}}, {'name': 'more', 'type': 'int', 'default': 7}",
                "0}]}}}        | 0}, {'name': 'us', 'type': 'int', 'default': 0}]}}}",
            })
    void additionsAreAllowed(String before, String after) {
        assertThat(EvolutionRules.violations(parse(OLDER), edited(before, after)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'UNKNOWN', 'A'                 | 'UNKNOWN', 'B', 'A'   | Record.kind: symbols may only be appended",
                "'UNKNOWN', 'A'                 | 'UNKNOWN'             | Record.kind: symbols may only be appended",
                ", 'default': 'UNKNOWN'         | ``                    | Record.kind: the default must be UNKNOWN",
                "['null', 'long']               | ['null', 'string']    | Record.at: type changed",
                "['null', 'long']               | ['null', 'long', 'string'] | Record.at: branches changed",
                "'default': 0                   | 'default': 1          | Record.parts[].ms: default changed",
                "'type': 'int'                  | 'type': 'long'        | Record.parts[].ms: type changed",
                "{'name': 'id', 'type': 'string'}, | ``                 | Record: fields removed",
                "0}]}}}                         | 0}]}}}, {'name': 'x', 'type': 'int'} | Record.x: added without a default",
                "{'name': 'at',                 | {'name': 'x', 'aliases': ['at'],"
                        + "| Record.x: stands where at was; add at the end, never reorder or rename",
            })
    void everythingElseIsNamed(String before, String after, String violation) {
        assertThat(EvolutionRules.violations(parse(OLDER), edited(before, after)))
                .contains(violation);
    }

    @Test
    void avroNamesWhatItCannotRead() {
        assertThat(EvolutionRules.violations(parse(OLDER), edited("'string'}", "'int'}")))
                .anyMatch(violation ->
                        violation.startsWith("the newer reads the older") && violation.contains("/fields/0/type"))
                .anyMatch(violation ->
                        violation.startsWith("the older reads the newer") && violation.contains("/fields/0/type"));
    }

    private static Schema edited(String before, String after) {
        assertThat(OLDER).contains(before);
        return parse(OLDER.replace(before, after));
    }

    private static Schema parse(String json) {
        return new Schema.Parser().parse(json.replace('\'', '"'));
    }
}
