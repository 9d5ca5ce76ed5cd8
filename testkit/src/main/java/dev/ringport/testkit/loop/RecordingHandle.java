// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit.loop;

import io.netty.channel.IoEvent;
import io.netty.channel.IoHandle;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A handle that is no channel and that remembers what it was told, on the loop's thread. A transport's own kind of it
 * implements the transport's interface for handles.
 */
public abstract class RecordingHandle implements IoHandle {
    private final List<String> calls = new ArrayList<>();
    private Runnable onRegistered = () -> {};
    private LongConsumer onEvent = data -> {};
    private @Nullable IoRegistration registration;

    protected RecordingHandle() {}

    /** The data of the operation that an event tells of. */
    protected abstract long data(IoEvent event);

    /** What {@link #registered()} does besides. */
    public final RecordingHandle onRegistered(Runnable action) {
        onRegistered = action;
        return this;
    }

    /** What is done with each event's data. */
    public final RecordingHandle onEvent(LongConsumer action) {
        onEvent = action;
        return this;
    }

    /** What {@link #close()} cancels. */
    public final void closes(IoRegistration with) {
        registration = with;
    }

    /** The calls so far: registered, handle, unregistered, close. */
    public final List<String> calls() {
        return calls;
    }

    /** How many events there were. */
    public final long events() {
        return calls.stream().filter(call -> call.startsWith("handle ")).count();
    }

    @Override
    public void registered() {
        calls.add("registered");
        onRegistered.run();
    }

    @Override
    public void handle(IoRegistration at, IoEvent event) {
        long data = data(event);
        calls.add("handle " + data);
        onEvent.accept(data);
    }

    @Override
    public void unregistered() {
        calls.add("unregistered");
    }

    @Override
    public void close() {
        calls.add("close");
        if (registration != null) {
            registration.cancel();
        }
    }
}
