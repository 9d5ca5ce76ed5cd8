// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import dev.ringport.iocp.abi.WindowsCalls;
import io.netty.util.internal.ObjectUtil;
import java.lang.foreign.Arena;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The sizes and bounds of an {@link IocpIoHandler}. Setters answer the object itself. Not safe for several threads. */
public final class IocpIoHandlerConfig {
    private static final int HOUR_MILLIS = 3_600_000;

    private int dequeueBatch = 256;
    private int shutdownTimeoutMillis = 2_000;
    private @Nullable WindowsCalls calls;
    private Supplier<Arena> memory = Arena::ofShared;

    /** The defaults. */
    public IocpIoHandlerConfig() {}

    /** The most completion packets that a loop takes with one call. Default 256. */
    public int dequeueBatch() {
        return dequeueBatch;
    }

    /**
     * Sets the most completion packets that a loop takes with one call ({@code ulCount} of
     * {@code GetQueuedCompletionStatusEx}). Each takes 32 bytes.
     *
     * @param packets 1 to 65,536
     * @throws IllegalArgumentException if out of range
     */
    public IocpIoHandlerConfig dequeueBatch(int packets) {
        dequeueBatch = ObjectUtil.checkInRange(packets, 1, 65_536, "packets");
        return this;
    }

    /** How long a loop that ends waits for operations under way, in milliseconds. Default 2000. */
    public int shutdownTimeoutMillis() {
        return shutdownTimeoutMillis;
    }

    /**
     * Sets how long a loop that ends waits for operations under way. If it passes, connections with unsent data are
     * reset, and memory that Windows may still touch stays allocated for good; one warning says how much.
     *
     * @param millis 0 to an hour
     * @throws IllegalArgumentException if out of range
     */
    public IocpIoHandlerConfig shutdownTimeoutMillis(int millis) {
        shutdownTimeoutMillis = ObjectUtil.checkInRange(millis, 0, HOUR_MILLIS, "millis");
        return this;
    }

    /** For tests: what the handler calls instead of Windows. */
    IocpIoHandlerConfig calls(WindowsCalls instead) {
        calls = instead;
        return this;
    }

    WindowsCalls calls() {
        return calls != null ? calls : WindowsCalls.system();
    }

    /** For tests: where each handler has its native memory from, for as long as it lives. */
    IocpIoHandlerConfig memory(Supplier<Arena> instead) {
        memory = instead;
        return this;
    }

    Arena memory() {
        return memory.get();
    }

    IocpIoHandlerConfig copy() {
        IocpIoHandlerConfig copy = new IocpIoHandlerConfig();
        copy.dequeueBatch = dequeueBatch;
        copy.shutdownTimeoutMillis = shutdownTimeoutMillis;
        copy.calls = calls;
        copy.memory = memory;
        return copy;
    }
}
