// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A server for one connection in a process of Linux, under Wine: a peer whose sockets are not Wine's too. It reads when it
 * is told, to the end, and says what the end was. Files carry what is said: Wine gives its processes no pipes to Linux's.
 */
final class LinuxPeer {
    private static final String PROGRAM = """
            import os, socket, sys, time
            folder = sys.argv[1]
            def say(name, text):
                with open(os.path.join(folder, name + '.part'), 'w') as file:
                    file.write(text)
                os.rename(os.path.join(folder, name + '.part'), os.path.join(folder, name))
            server = socket.socket()
            server.bind(('127.0.0.1', 0))
            server.listen(1)
            server.settimeout(60)
            say('port', str(server.getsockname()[1]))
            connection = server.accept()[0]
            connection.settimeout(60)
            for i in range(600):
                if os.path.exists(os.path.join(folder, 'read')):
                    break
                time.sleep(0.1)
            bytes = 0
            try:
                while True:
                    piece = connection.recv(65536)
                    if not piece:
                        say('end', 'end of stream after %d bytes' % bytes)
                        break
                    bytes += len(piece)
            except OSError as error:
                say('end', type(error).__name__)
            """;

    private static final Queue<Process> STARTED = new ConcurrentLinkedQueue<>();

    private final Path folder;

    /**
     * Starts it.
     *
     * @param folder for its files, empty
     */
    LinuxPeer(Path folder) throws IOException {
        this.folder = folder;
        Path program = Files.writeString(folder.resolve("peer.py"), PROGRAM);
        // No pipes, and never garbage: Wine gives no handle of such a process, and the JDK, which takes that for a failure,
        // would close the numbers of its pipes' handles twice, the second time when others have them.
        STARTED.add(
                new ProcessBuilder("Z:\\usr\\bin\\env", "python3", unix(program), unix(folder)).inheritIO().start());
    }

    private static String unix(Path path) {
        return path.toAbsolutePath().toString().substring("Z:".length()).replace('\\', '/');
    }

    private String said(String name) throws Exception {
        Path file = folder.resolve(name);
        while (!Files.exists(file)) {
            Thread.sleep(20);
        }
        return Files.readString(file);
    }

    InetSocketAddress address() throws Exception {
        return new InetSocketAddress(Tcp.loopback(), Integer.parseInt(said("port")));
    }

    /** Lets it read. The answer is the name of its exception, or that there was none. */
    String readToTheEnd() throws Exception {
        Files.writeString(folder.resolve("read"), "");
        return said("end");
    }
}
