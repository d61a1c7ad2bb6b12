package io.natconnector.natpeer.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Collection;

/** One JSON object on one line, its members in the order they were put. Not thread-safe. */
public final class JsonLine {
    private static final int DECIMALS = 3;

    private final JsonObject object = new JsonObject();

    /** A line that begins with {@code "event":NAME}. */
    public static JsonLine event(String name) {
        return new JsonLine().put("event", name);
    }

    public JsonLine put(String name, String value) {
        object.addProperty(name, value);
        return this;
    }

    public JsonLine put(String name, long value) {
        object.addProperty(name, value);
        return this;
    }

    public JsonLine put(String name, boolean value) {
        object.addProperty(name, value);
        return this;
    }

    /** Rounded to three decimals; {@code null} for what JSON has no number for. */
    public JsonLine put(String name, double value) {
        boolean finite = Double.isFinite(value);
        object.addProperty(name, finite ? BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP) : null);
        return this;
    }

    public JsonLine put(String name, Collection<String> values) {
        JsonArray array = new JsonArray();
        values.forEach(array::add);
        object.add(name, array);
        return this;
    }

    public JsonLine put(String name, JsonLine value) {
        object.add(name, value.object);
        return this;
    }

    public JsonLine putLines(String name, Collection<JsonLine> values) {
        JsonArray array = new JsonArray();
        values.forEach(value -> array.add(value.object));
        object.add(name, array);
        return this;
    }

    @Override
    public String toString() {
        return object.toString();
    }
}
