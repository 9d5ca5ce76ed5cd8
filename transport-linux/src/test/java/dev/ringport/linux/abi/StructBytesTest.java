// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.linux.abi;

import dev.ringport.net.AddressFamilies;
import dev.ringport.net.ControlMessageReader;
import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.testkit.abi.CCompiler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The bytes that Java writes against those of a C program that fills the same structs. */
class StructBytesTest {
    private static final String PROGRAM = """
            #define _GNU_SOURCE
            #include <arpa/inet.h>
            #include <netinet/in.h>
            #include <netinet/udp.h>
            #include <stdio.h>
            #include <string.h>
            #include <sys/socket.h>

            static void dump(const char *name, const void *struct_, size_t bytes) {
                printf("%s ", name);
                for (size_t i = 0; i < bytes; i++) printf("%02x", ((const unsigned char *) struct_)[i]);
                printf("\\n");
            }

            static void dump_inet6(const char *name, const char *address, int port, int scope) {
                struct sockaddr_in6 in6;
                memset(&in6, 0, sizeof in6);
                in6.sin6_family = AF_INET6;
                in6.sin6_port = htons(port);
                inet_pton(AF_INET6, address, &in6.sin6_addr);
                in6.sin6_scope_id = scope;
                dump(name, &in6, sizeof in6);
            }

            int main(void) {
                struct sockaddr_in in;
                memset(&in, 0, sizeof in);
                in.sin_family = AF_INET;
                in.sin_port = htons(0xfedc);
                inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
                dump("inet", &in, sizeof in);
                dump_inet6("inet6", "fe80::1:2", 0xfedc, 7);
                dump_inet6("mapped", "::ffff:192.0.2.1", 53, 0);
                dump_inet6("wildcard", "::", 0, 0);

                union { struct cmsghdr align; char room[2 * CMSG_SPACE(2)]; } control;
                memset(&control, 0, sizeof control);
                struct msghdr message = { .msg_control = &control, .msg_controllen = sizeof control };
                struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
                for (unsigned short value = 1200; cmsg; value++, cmsg = CMSG_NXTHDR(&message, cmsg)) {
                    cmsg->cmsg_level = SOL_UDP;
                    cmsg->cmsg_type = UDP_SEGMENT;
                    cmsg->cmsg_len = CMSG_LEN(sizeof value);
                    memcpy(CMSG_DATA(cmsg), &value, sizeof value);
                }
                dump("control", &control, sizeof control);
                return 0;
            }
            """;
    private static final int ROOM = 128;
    private static final int PORT = 0xfedc;
    private static final SocketAddressCodec CODEC = new SocketAddressCodec(
            new AddressFamilies(SocketConstants.AF_INET, SocketConstants.AF_INET6));

    private static final Map<String, String> FROM_C = new HashMap<>();

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(ROOM, Long.BYTES);

    @BeforeAll
    static void runProgram(@TempDir Path directory) {
        for (String line : CCompiler.in("gcc", directory).linesOf(PROGRAM)) {
            int space = line.indexOf(' ');
            FROM_C.put(line.substring(0, space), line.substring(space + 1));
        }
    }

    @AfterAll
    static void forget() {
        FROM_C.clear();
    }

    @Test
    void anIpv4AddressHasTheBytesThatCWrites() throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(new byte[]{(byte) 192, 0, 2, 1});

        assertThat(written("inet", address, PORT, false)).isEqualTo(SocketAddressCodec.INET_BYTES);
        assertThat(CODEC.read(memory, 0, SocketAddressCodec.INET_BYTES))
                .isEqualTo(new InetSocketAddress(address, PORT));
    }

    @Test
    void anIpv6AddressWithAScopeHasTheBytesThatCWrites() throws UnknownHostException {
        byte[] raw = InetAddress.getByName("fe80::1:2").getAddress();
        InetAddress address = Inet6Address.getByAddress(null, raw, 7);

        assertThat(written("inet6", address, PORT, true)).isEqualTo(SocketAddressCodec.INET6_BYTES);
        InetSocketAddress read = CODEC.read(memory, 0, SocketAddressCodec.INET6_BYTES);
        assertThat(read).isEqualTo(new InetSocketAddress(address, PORT));
        assertThat(((Inet6Address) read.getAddress()).getScopeId()).isEqualTo(7);
    }

    @Test
    void anIpv4AddressOnAnIpv6SocketIsWrittenAsMappedAndReadAsIpv4() throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(new byte[]{(byte) 192, 0, 2, 1});

        assertThat(written("mapped", address, 53, true)).isEqualTo(SocketAddressCodec.INET6_BYTES);
        assertThat(CODEC.read(memory, 0, SocketAddressCodec.INET6_BYTES)).isEqualTo(new InetSocketAddress(address, 53));
    }

    @Test
    void theIpv4WildcardOnAnIpv6SocketIsTheIpv6Wildcard() throws UnknownHostException {
        InetAddress address = InetAddress.getByAddress(new byte[4]);

        assertThat(written("wildcard", address, 0, true)).isEqualTo(SocketAddressCodec.INET6_BYTES);
    }

    @Test
    void controlMessagesHaveTheBytesThatCWrites() {
        int first = segmentSize(0, 1200);
        int second = segmentSize(first, 1201);

        assertThat(hex(first + second)).isEqualTo(FROM_C.get("control"));
        ControlMessageReader reader = new ControlMessageReader();
        reader.reset(memory, 0, first + second);
        assertThat(reader.next()).isTrue();
        assertThat(reader.next()).isTrue();
        assertThat(reader.level()).isEqualTo(SocketConstants.SOL_UDP);
        assertThat(reader.type()).isEqualTo(SocketConstants.UDP_SEGMENT);
        assertThat(memory.get(ValueLayout.JAVA_SHORT, reader.dataOffset())).isEqualTo((short) 1201);
        assertThat(reader.next()).isFalse();
    }

    private int segmentSize(int offset, int value) {
        return ControlMessageWriter
                .putShort(memory, offset, SocketConstants.SOL_UDP, SocketConstants.UDP_SEGMENT, value);
    }

    /** Writes over rubbish, which must be gone. */
    private int written(String name, InetAddress address, int port, boolean inet6Socket) {
        memory.fill((byte) -1);
        int bytes = CODEC.write(memory, 0, address, port, inet6Socket);
        assertThat(hex(bytes)).isEqualTo(FROM_C.get(name));
        return bytes;
    }

    private String hex(long bytes) {
        return HexFormat.of().formatHex(memory.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE));
    }
}
