package io.amanuensis.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.apache.avro.Schema;

/** Schemas as JSON trees: {@link Schema#equals} does not look at the default of an enum. */
final class SchemaTrees {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SchemaTrees() {}

    /** Without what the code generator added for Java: the form in which schemas are released. */
    static JsonNode portable(Schema schema) {
        try {
            return withoutJavaTypes(JSON.readTree(schema.toString()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Avro writes schemas as JSON", e);
        }
    }

    /** Words may change at any time; everything else is the contract. */
    static JsonNode withoutDocs(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.remove("doc");
        }
        node.forEach(SchemaTrees::withoutDocs);
        return node;
    }

    static String pretty(JsonNode node) {
        return node.toPrettyString() + "\n";
    }

    private static JsonNode withoutJavaTypes(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.remove("avro.java.string") != null && object.size() == 1) {
                return object.get("type");
            }
            for (Map.Entry<String, JsonNode> property : object.properties()) {
                property.setValue(withoutJavaTypes(property.getValue()));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, withoutJavaTypes(array.get(i)));
            }
        }
        return node;
    }
}
