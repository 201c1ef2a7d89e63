// Every text of the console, by key; the words are those of the UX specification.
import { admin } from './zh-CN.admin'
import { callbacks } from './zh-CN.callbacks'
import { channels } from './zh-CN.channels'
import { customers } from './zh-CN.customers'
import { desk } from './zh-CN.desk'
import { dispatch } from './zh-CN.dispatch'
import { field } from './zh-CN.field'
import { followups } from './zh-CN.followups'
import { gasPhones } from './zh-CN.gasPhones'
import { knowledge } from './zh-CN.knowledge'
import { notices } from './zh-CN.notices'
import { pages } from './zh-CN.pages'
import { parts } from './zh-CN.parts'
import { privacy } from './zh-CN.privacy'
import { products } from './zh-CN.products'
import { rules } from './zh-CN.rules'
import { tickets } from './zh-CN.tickets'
import { webhooks } from './zh-CN.webhooks'

const shell = {
  'app.name': '汉普顿 400-172-6011',
  'rail.desk': '来电台',
  'rail.tickets': '工单',
  'rail.calls': '通话',
  'rail.board': '看板',
  'rail.me': '我',
  'me.title': '我',
  'me.theme': '界面颜色',
  'me.theme.system': '跟随系统',
  'me.theme.light': '浅色',
  'me.theme.dark': '深色',
  'me.size': '字号',
  'me.size.normal': '标准',
  'me.size.large': '大字',
  'me.logout': '退出',
  'me.logoutInCall': '通话中不能退出',
  'region.callbar': '通话条',
  'region.card': '来电卡',
  'region.work': '工作区',
  'region.aside': '侧栏',
  'nav.label': '导航',

  'login.number': '工号',
  'login.password': '密码',
  'login.submit': '登录',
  'login.remember': '记住工号',
  'login.capsLock': '大写锁定已打开',
  'login.wrongPlain': '工号或密码不对',
  'login.missingNumber': '请填写工号',
  'login.missingPassword': '请填写密码',
  'login.offline': '连不上服务器。请检查网线，再点登录',
  'login.over': '登录已过期，请重新输入密码。通话和已填内容都在',
  'login.again': '重新登录',
  'forbidden': '您没有查看此页的权限，需要：{role}',
  'forbidden.back': '返回',
  'notFound': '没有这个页面',

  'strip.server': '服务器',
  'strip.phone': '话机',
  'strip.pop': '弹屏 {s} 秒',
  'page.unopened': '这个页面没有打开：连不上服务器，或者系统刚更新过。填写的内容已存在本机。',
  'page.openAgain': '重新打开',
  'strip.asOf': '截至 {time}',
  'strip.normal': '正常',
  'strip.lost': '断开',
  'strip.heartbeat': '心跳 {n} 秒前',
  'strip.narrow': '窗口过窄，建议放大到 1280 像素以上',
  'strip.recovered': '已恢复连接',
  'strip.recoveredMissed': '已恢复连接。断开期间 {n} 通来电由话机接听，来电卡已补上',
  'link.lost': '与服务器的连接已断开 {seconds} 秒，正在第 {n} 次重连。电话不受影响，请用话机照常接听；填写的内容已存在本机。',
  'link.reconnect': '立即重连',
  'stale': '数据停在 {time}（{ago}前）',
  'ago.seconds': '{n} 秒',

  'state.ready': '就绪',
  'state.ringing': '振铃',
  'state.talking': '通话中',
  'state.wrapup': '话后处理',
  'state.paused': '示忙',
  'state.unreachable': '联系不上',
  'state.offline': '未签入',
  'stateShort.ready': '就绪',
  'stateShort.ringing': '振铃',
  'stateShort.talking': '通话',
  'stateShort.wrapup': '话后',
  'stateShort.paused': '示忙',
  'stateShort.unreachable': '联系不上',
  'stateShort.offline': '未签入',
  'state.withReason': '{state} · {reason}',
  'state.followPhone': '以桌面话机为准',
  'reason.break': '小休',
  'reason.meal': '用餐',
  'reason.meeting': '会议',
  'reason.training': '培训',
  'reason.outbound': '外呼',
  'reason.device': '设备故障',
  'facts.signedIn': '签入',
  'facts.phone': '话机',
  'facts.pause': '示忙',
  'facts.talk': '通话',
  'facts.none': '无',
  'facts.signedInSince': '已签入 {time}',
  'facts.notSignedIn': '未签入',
  'facts.registered': '已注册',
  'facts.notRegistered': '未注册',
  'facts.since': '{word} {time}',
  'facts.doOffline': '点「就绪」签入，开始接电话',
  'facts.doUnreachable': '请检查桌面话机的电源和网线，话机注册后自动恢复',
  'facts.doPaused': '回来后请点就绪',
  'facts.doWrapup': '填完小结和处理结果就能就绪',
  'act.ready': '就绪',
  'act.pause': '示忙',
  'act.signOut': '签出',
  'act.cancel': '取消',
  'act.pauseAfterCall': '通话后转示忙（{reason}）',
  'act.failed': '没有改成「{state}」：{detail}',
  'act.failedOffline': '没有改成「{state}」：连不上服务器。电话不受影响',

  'bar.extension': '分机 {extension}',
  'bar.deskPhone': '桌面话机',
  'bar.answer': '接听',
  'bar.answerOnPhone': '请在话机上接听',
  'bar.mute': '静音',
  'bar.hold': '保持',
  'bar.transfer': '转接',
  'bar.threeWay': '三方',
  'bar.keys': '按键',
  'bar.hangup': '挂断',
  'bar.why.noCall': '没有通话',
  'bar.why.noRing': '没有来电',
  'bar.why.onPhone': '请在话机上操作',
  'bar.queuedFor': '已排队 {clock}',
  'bar.queue': '{queue} {n} 人 最长 {clock}',
  'bar.toDesk': '转到来电台 F6',

  'title.ringing': '【振铃】{purpose} {area}',
  'title.emergency': '【紧急】{area}',
  'title.page': '{page} - 汉普顿热线',
} as const

export const zhCN = { ...shell, ...desk, ...notices, ...pages, ...knowledge, ...tickets, ...customers, ...admin, ...dispatch, ...callbacks, ...channels, ...field, ...privacy, ...followups, ...gasPhones, ...rules, ...parts, ...products, ...webhooks } as const
