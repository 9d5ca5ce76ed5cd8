// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** How many channels there are on each side, and who sends to whom. */
final class Peers {
    private static final int RECEIVERS_AT_LEAST = 4;
    private static final int SENDERS_A_RECEIVER = 4;
    private static final int CONNECTED_EACH = 4;
    private static final int LONGEST_UNFRAGMENTED_INET = 1472;
    private static final int LONGEST_UNFRAGMENTED_INET6 = 1452;

    private Peers() {}

    /** The addresses among these that sockets of this machine can have. */
    static List<InetAddress> usable(List<InetAddress> addresses) throws IOException {
        List<InetAddress> usable = new ArrayList<>();
        for (InetAddress address : addresses) {
            try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(address, 0))) {
                usable.add(probe.getLocalAddress());
            } catch (IOException refused) {
                // A system without IPv6.
            }
        }
        if (usable.isEmpty()) {
            throw new IOException("no address of " + addresses + " can be bound");
        }
        return usable;
    }

    /** An even number, so that each family of addresses gets its share. */
    static int receivers(int senders) {
        int receivers = Math.max(RECEIVERS_AT_LEAST, senders / SENDERS_A_RECEIVER);
        return receivers + receivers % 2;
    }

    /** How many flows one receiver takes, at most. */
    static int flowsOfAReceiver(int senders) {
        return 2 * senders / receivers(senders) + 2;
    }

    /** Where a sender sends to: two receivers of one family, or one if it is connected. */
    static List<InetSocketAddress> targetsOf(int sender, List<InetSocketAddress> receivers) {
        boolean inet6 = sender % 2 == 1;
        List<InetSocketAddress> family = receivers.stream().filter(receiver -> isInet6(receiver) == inet6).toList();
        if (family.isEmpty()) {
            family = receivers;
        }
        InetSocketAddress first = family.get(sender / 2 % family.size());
        InetSocketAddress second = family.get((sender / 2 + 1) % family.size());
        return isConnected(sender) || first.equals(second) ? List.of(first) : List.of(first, second);
    }

    /** Whether a sender's channel is connected. Such ones are of either family. */
    static boolean isConnected(int sender) {
        return sender % CONNECTED_EACH == 2 || (sender % CONNECTED_EACH == 3 && sender >= CONNECTED_EACH);
    }

    /** The address of this machine that datagrams to there leave from. */
    static InetAddress sourceFor(InetSocketAddress target) throws IOException {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(target);
            return probe.getLocalAddress();
        }
    }

    static boolean isInet6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }

    /** The longest content that an MTU of 1,500 lets pass in one piece. */
    static int longestUnfragmented(InetSocketAddress to) {
        return isInet6(to) ? LONGEST_UNFRAGMENTED_INET6 : LONGEST_UNFRAGMENTED_INET;
    }

    static String print(List<InetSocketAddress> addresses) {
        return addresses.stream()
                .map(address -> address.getAddress().getHostAddress() + "/" + address.getPort())
                .collect(Collectors.joining(","));
    }

    /** Reads what {@link #print} has written. */
    static List<InetSocketAddress> parse(String addresses) {
        return List.of(addresses.split(",", -1)).stream().map(address -> {
            int slash = address.indexOf('/');
            return new InetSocketAddress(
                    InetAddress.ofLiteral(address.substring(0, slash)),
                    Integer.parseInt(address.substring(slash + 1)));
        }).toList();
    }
}
