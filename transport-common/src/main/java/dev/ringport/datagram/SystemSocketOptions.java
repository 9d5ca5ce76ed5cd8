// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.datagram;

import dev.ringport.datagram.MulticastOverloads.Memberships;
import dev.ringport.net.SystemSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options and memberships that both systems know, but for what each spells in its own way. */
public abstract class SystemSocketOptions implements SocketOptions, Memberships {
    /**
     * Where an option stands: at the socket's own level, or by a name for each family.
     *
     * @param level the level, or {@link #BY_FAMILY}
     * @param name the name, or the one on IPv4 sockets
     * @param inet6Name the name on IPv6 sockets
     */
    public record Place(int level, int name, int inet6Name) {
        static final int BY_FAMILY = Integer.MIN_VALUE;

        /** An option of any socket. */
        public static Place ofSocket(int level, int name) {
            return new Place(level, name, name);
        }

        /** An option with a name for each family. */
        public static Place byFamily(int inetName, int inet6Name) {
            return new Place(BY_FAMILY, inetName, inet6Name);
        }
    }

    /** {@code IPPROTO_IP}. */
    protected static final int IPPROTO_IP = 0;
    /** {@code IPPROTO_IPV6}. */
    protected static final int IPPROTO_IPV6 = 41;

    private final SystemSocket socket;
    private final Map<Option, Place> places;
    private volatile @Nullable NetworkInterface chosen;

    /** The options of one socket. */
    protected SystemSocketOptions(SystemSocket socket, Map<Option, Place> places) {
        this.socket = socket;
        this.places = places;
    }

    /** Sets the interface on the socket. */
    protected abstract void choose(NetworkInterface through) throws IOException;

    /** Sets an option of IPv4 on an IPv6 socket, which sends IPv4 too. */
    protected abstract void setInetOnInet6(int name, int value) throws IOException;

    private Place place(Option option) {
        Place place = places.get(option);
        if (place == null) {
            throw new IllegalArgumentException(option + " has no place");
        }
        return place;
    }

    @Override
    public int get(Option option) throws IOException {
        Place place = place(option);
        return place.level == Place.BY_FAMILY
                ? getByFamily(place.name, place.inet6Name)
                : socket.getInt(place.level, place.name);
    }

    @Override
    public void set(Option option, int value) throws IOException {
        Place place = place(option);
        if (place.level == Place.BY_FAMILY) {
            setByFamily(place.name, place.inet6Name, value);
        } else {
            socket.setInt(place.level, place.name, value);
        }
    }

    /** Whether the socket takes the options of IPv6; if not, those of IPv4. */
    protected boolean takesInet6Options() {
        return socket.isInet6();
    }

    /** Reads an option that has a name for each family. */
    public final int getByFamily(int inetName, int inet6Name) throws IOException {
        return takesInet6Options() ? socket.getInt(IPPROTO_IPV6, inet6Name) : socket.getInt(IPPROTO_IP, inetName);
    }

    /** Sets an option that has a name for each family; an IPv6 socket has both. */
    public final void setByFamily(int inetName, int inet6Name, int value) throws IOException {
        if (takesInet6Options()) {
            socket.setInt(IPPROTO_IPV6, inet6Name, value);
            setInetOnInet6(inetName, value);
        } else {
            socket.setInt(IPPROTO_IP, inetName, value);
        }
    }

    @Override
    public final void setMulticastInterface(NetworkInterface through) throws IOException {
        choose(through);
        chosen = through;
    }

    /**
     * The interface that was set, else that of the bound address, else the first that can multicast. The loopback, which
     * Windows lists first, only if there is no other.
     */
    @Override
    public final NetworkInterface defaultInterface(InetAddress group) throws IOException {
        NetworkInterface set = chosen;
        if (set != null) {
            return set;
        }
        InetSocketAddress local = socket.localAddress();
        if (local != null && !local.getAddress().isAnyLocalAddress()) {
            NetworkInterface bound = NetworkInterface.getByInetAddress(local.getAddress());
            if (bound != null) {
                return bound;
            }
        }
        NetworkInterface loopback = null;
        for (NetworkInterface candidate : NetworkInterface.networkInterfaces().toList()) {
            if (candidate.isUp() && candidate.supportsMulticast() && hasFamily(candidate, group)) {
                if (!candidate.isLoopback()) {
                    return candidate;
                }
                loopback = loopback == null ? candidate : loopback;
            }
        }
        if (loopback != null) {
            return loopback;
        }
        throw new SocketException("no network interface is up and supports multicast for " + group);
    }

    private static boolean hasFamily(NetworkInterface candidate, InetAddress group) {
        return candidate.inetAddresses().anyMatch(a -> a instanceof Inet6Address == group instanceof Inet6Address);
    }

    /** Whether a group is of IPv6; throws if the socket cannot join it. */
    protected final boolean isInet6Group(InetAddress group) {
        if (group instanceof Inet6Address && !socket.isInet6()) {
            throw new UnsupportedAddressTypeException();
        }
        return !(group instanceof Inet4Address);
    }

    /** Whether a group is of IPv6; throws if the socket cannot join it or the source is of another family. */
    protected final boolean isInet6Group(InetAddress group, InetAddress source) {
        boolean inet6 = isInet6Group(group);
        if (isInet6Group(source) != inet6) {
            throw new IllegalArgumentException("source " + source + " is of another family than group " + group);
        }
        return inet6;
    }
}
