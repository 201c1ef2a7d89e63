// Texts of a person's rights and of showing numbers.
export const privacy = {
  'reveal.open': '看全号',
  'reveal.why': '为什么要看',
  'reveal.show': '显示',
  'reveal.audited': '谁、什么时候、为什么，都记进操作记录',
  'rights.title': '本人要求',
  'rights.why': '原因',
  'rights.whyHint': '例如：本人来电要求',
  'rights.export': '导出全部资料',
  'rights.exported': '已导出，文件在下载里',
  'rights.erase': '删除这个人',
  'rights.goes': '将删除：姓名、号码、地址、备注、通话原话、录音、照片、工单里写的内容。不能恢复，备份恢复后也会再删。',
  'rights.stays': '仍留下：通了几次话、有几张工单、上门几次、各在什么时候、用了什么配件、费用和时限，不再写着是谁；以及谁在什么时候为什么删除的记录。',
  'rights.repeat': '请输入「{mark}」',
  'rights.eraseNow': '删除 {mark}',
  'rights.keep': '不删除',
  'rights.erased': '已删除：{calls} 通通话，{recordings} 段录音；文件一分钟内删掉',
} as const
