package io.amanuensis.engine;

/** Makes what only the library makes, for fakes of it. */
public final class EngineExceptions {
    private EngineExceptions() {}

    public static EngineException of(Status status) {
        return new EngineException(status, "made by a test");
    }
}
