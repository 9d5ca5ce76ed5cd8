// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Looks at each datagram of one receiving channel: whether it is whole, whose it is, and what its flow says to it. */
final class DatagramChecker {
    private final Faults faults;
    private final Wire wire = new Wire();
    private final Map<Integer, FlowChecker> flows = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, FlowChecker> bySender = new ConcurrentHashMap<>();

    DatagramChecker(Faults faults) {
        this.faults = faults;
    }

    /** Takes a datagram, which stays the caller's, and gives its flow if that is known. */
    @Nullable
    FlowChecker accept(ByteBuf content, InetSocketAddress sender) {
        int length = content.readableBytes();
        if (length < Wire.HEADER_BYTES) {
            return acceptUnnumbered(content, sender);
        }
        if (!wire.read(content)) {
            faults.add(
                    Faults.Kind.CORRUPT, idOf(sender), Faults.NONE,
                    "checksum or magic is wrong, " + length + " bytes from " + sender);
            return null;
        }
        int id = wire.flow();
        long sequence = wire.sequence();
        if (wire.length() != length) {
            faults.add(
                    Faults.Kind.LENGTH, id, sequence,
                    length + " bytes arrived, " + wire.length() + " were sent");
            return null;
        }
        FlowChecker flow = flows.get(id);
        if (flow == null) {
            flow = new FlowChecker(id, sender, faults);
            flows.put(id, flow);
            bySender.put(sender, flow);
        } else if (!flow.sender().equals(sender)) {
            faults.add(Faults.Kind.STRANGER, id, sequence, "came from " + sender + ", not " + flow.sender());
            return null;
        }
        switch (wire.kind()) {
            case DATA -> flow.numbered(sequence, wire.unnumbered());
            case END -> flow.end(sequence, wire.unnumbered());
            case ACKNOWLEDGED, ENDED -> faults.add(
                    Faults.Kind.STRANGER, id, sequence, "an acknowledgement came to a receiver");
        }
        flow.charged(wire.charge(), wire.asks());
        return flow;
    }

    private @Nullable FlowChecker acceptUnnumbered(ByteBuf content, InetSocketAddress sender) {
        FlowChecker flow = bySender.get(sender);
        if (flow == null) {
            faults.add(
                    Faults.Kind.STRANGER, Faults.NONE, Faults.NONE,
                    content.readableBytes() + " bytes from " + sender + ", which has sent nothing yet");
        } else {
            flow.unnumbered(content);
        }
        return flow;
    }

    private int idOf(InetSocketAddress sender) {
        FlowChecker flow = bySender.get(sender);
        return flow == null ? Faults.NONE : flow.id();
    }

    /** The flows seen so far. From any thread. */
    Collection<FlowChecker> flows() {
        return flows.values();
    }
}
