// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import io.netty.channel.ChannelOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which channel options a kind of configuration takes, and how each is read and set. Built once a class.
 *
 * @param <C> the configuration
 */
public final class OptionTable<C> {
    private final Map<ChannelOption<?>, Entry<C, ?>> entries = new HashMap<>();

    private record Entry<C, T>(Function<C, @Nullable T> getter, BiConsumer<C, T> setter) {}

    /** An empty table. */
    public OptionTable() {}

    /** Adds an option; options are pooled by name, so the one of another transport with that name is the same. */
    public <T> OptionTable<C> add(ChannelOption<T> option, Function<C, @Nullable T> getter, BiConsumer<C, T> setter) {
        entries.put(option, new Entry<>(getter, setter));
        return this;
    }

    /** The options of this table. */
    public Set<ChannelOption<?>> options() {
        return entries.keySet();
    }

    /** Whether the option stands in this table. */
    public boolean has(ChannelOption<?> option) {
        return entries.containsKey(option);
    }

    /** Reads an option that the table has. */
    @SuppressWarnings("unchecked")
    public <T> @Nullable T get(C config, ChannelOption<T> option) {
        Entry<C, T> entry = (Entry<C, T>) entries.get(option);
        return entry == null ? null : entry.getter().apply(config);
    }

    /** Sets an option; false if the table does not have it. */
    @SuppressWarnings("unchecked")
    public <T> boolean set(C config, ChannelOption<T> option, T value) {
        Entry<C, T> entry = (Entry<C, T>) entries.get(option);
        if (entry == null) {
            return false;
        }
        entry.setter().accept(config, value);
        return true;
    }
}
