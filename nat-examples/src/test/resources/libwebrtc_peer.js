// The other side of "natpeer ice --dtls" by libwebrtc (npm's @roamhq/wrtc): a data channel's ICE and DTLS, without anybody who
// talks SCTP at the other end. Exit code 0 when its DTLS transport is connected and stays so for a second.
//
//   node libwebrtc_peer.js --role controlling|controlled --dir DIR [--timeout SEC] [--setup active|passive]
//
// --setup is what it answers when it is controlled; as libwebrtc likes if not given.
'use strict';
const fs = require('fs');
const path = require('path');
const { RTCPeerConnection } = require('@roamhq/wrtc');

const options = { timeout: '30' };
for (let i = 2; i < process.argv.length; i += 2) {
  options[process.argv[i].slice(2)] = process.argv[i + 1];
}
const ours = options.role;
const theirs = ours === 'controlling' ? 'controlled' : 'controlling';
const file = name => path.join(options.dir, name);
const tell = event => fs.writeSync(1, JSON.stringify(event) + '\n');
const fail = why => { tell({ event: 'failed', why: String(why) }); process.exit(1); };
process.on('unhandledRejection', fail);
process.on('uncaughtException', fail);
setTimeout(() => fail('not connected in time'), 1000 * Number(options.timeout));

// A poll each millisecond, as the other side does
async function until(condition) {
  for (let found; ; ) {
    if ((found = condition())) {
      return found;
    }
    await new Promise(done => setTimeout(done, 1));
  }
}

const value = (sdp, name) => sdp.match(new RegExp('a=' + name + ':(.+?)\r?\n'))[1];

function say(sdp) {
  const words = { ufrag: value(sdp, 'ice-ufrag'), pwd: value(sdp, 'ice-pwd'), candidates: [], trickle: true,
    fingerprint: value(sdp, 'fingerprint'), setup: value(sdp, 'setup') };
  fs.writeFileSync(file(ours + '.json.tmp'), JSON.stringify(words));
  fs.renameSync(file(ours + '.json.tmp'), file(ours + '.json'));
}

async function hear() {
  await until(() => fs.existsSync(file(theirs + '.json')));
  const words = JSON.parse(fs.readFileSync(file(theirs + '.json')));
  return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE 0', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0', 'a=ice-ufrag:' + words.ufrag, 'a=ice-pwd:' + words.pwd, 'a=ice-options:trickle',
    'a=fingerprint:' + words.fingerprint, 'a=setup:' + words.setup, 'a=mid:0', 'a=sctp-port:5000', ''].join('\r\n');
}

async function follow(connection) {
  for (let known = 0; ; ) {
    const lines = await until(() => {
      const text = fs.existsSync(file(theirs + '.trickle')) ? fs.readFileSync(file(theirs + '.trickle'), 'utf8') : '';
      const whole = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(line => line);
      return whole.length > known && whole;
    });
    for (const line of lines.slice(known)) {
      if (line === 'end') {
        return;
      }
      await connection.addIceCandidate({ candidate: line, sdpMid: '0', sdpMLineIndex: 0 });
    }
    known = lines.length;
  }
}

(async () => {
  const connection = new RTCPeerConnection({ iceServers: [] });
  fs.writeFileSync(file(ours + '.trickle'), '');
  connection.onicecandidate = ({ candidate }) => {
    if (!candidate || !candidate.candidate) {
      fs.appendFileSync(file(ours + '.trickle'), 'end\n');
    } else if (!/ tcp /i.test(candidate.candidate)) {
      fs.appendFileSync(file(ours + '.trickle'), candidate.candidate + '\n');
    }
  };
  if (ours === 'controlling') {
    connection.createDataChannel('data');
    const offer = await connection.createOffer();
    await connection.setLocalDescription(offer);
    say(offer.sdp);
    await connection.setRemoteDescription({ type: 'answer', sdp: await hear() });
  } else {
    await connection.setRemoteDescription({ type: 'offer', sdp: await hear() });
    const answer = await connection.createAnswer();
    const sdp = options.setup ? answer.sdp.replace(/a=setup:\w+/, 'a=setup:' + options.setup) : answer.sdp;
    await connection.setLocalDescription({ type: 'answer', sdp });
    say(sdp);
  }
  follow(connection);
  const transport = await until(() => connection.sctp && connection.sctp.transport);
  await until(() => ['connected', 'completed'].includes(transport.iceTransport.state));
  tell({ event: 'ice' });
  await until(() => transport.state === 'connected' || transport.state === 'failed' && fail('DTLS failed'));
  tell({ event: 'connected', setup: value(connection.localDescription.sdp, 'setup') });
  await new Promise(done => setTimeout(done, 1000));
  if (transport.state !== 'connected') {
    fail('DTLS was connected, but is ' + transport.state + ' now');
  }
  tell({ event: 'final' });
  process.exit(0);
})();
