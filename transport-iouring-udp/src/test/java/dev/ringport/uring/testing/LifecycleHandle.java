// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.testing;

import dev.ringport.uring.UringIoEvent;
import dev.ringport.uring.UringIoHandle;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A handle that is no channel and that remembers what it was told, on the loop's thread. */
public final class LifecycleHandle implements UringIoHandle {
    private final List<String> calls = new ArrayList<>();
    private final List<Integer> results = new ArrayList<>();
    private Consumer<UringIoEvent> onEvent = event -> {};
    private IoRegistration registration;

    public LifecycleHandle onEvent(Consumer<UringIoEvent> action) {
        onEvent = action;
        return this;
    }

    /** What {@link #close()} cancels. */
    public void closes(IoRegistration with) {
        registration = with;
    }

    /** The calls so far: registered, handle, unregistered, close. */
    public List<String> calls() {
        return calls;
    }

    /** The results of the events so far. */
    public List<Integer> results() {
        return results;
    }

    @Override
    public void registered() {
        calls.add("registered");
    }

    @Override
    public void handle(IoRegistration at, IoEvent event) {
        UringIoEvent completion = (UringIoEvent) event;
        calls.add("handle " + completion.data());
        results.add(completion.res());
        onEvent.accept(completion);
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
