"""What the dialplan plays by itself: key to Mandarin text. The audio lies in prompts/fallback/<key>.wav."""

from collections.abc import Mapping
from types import MappingProxyType

from ivr.flows.prompts import slow_parts
from ivr.flows.readback import quantity
from speech.contract import Segment, hinted

PLACES = 50  # more callers ahead are not told: "50" comforts nobody
FALLBACK: Mapping[str, str] = {
    "opening_greeting": "您好,汉普顿售后服务热线,很高兴为您服务。",
    "opening_notice": "通话会录音。",
    "fb_hello": "您好,汉普顿售后服务热线,很高兴为您服务。通话会录音。",
    "fb_midcall": "抱歉,刚才出了点问题,您说过的已经记下。我帮您转客服。",
    "fb_safety": "有燃气味、头晕或者着火,请按九;别的事,请稍等,马上接客服。",
    "fb_emergency.1": "请先听我说:别开关任何电器,别用火,也别在屋里打电话。",
    "fb_emergency.2": "顺手能做到,就关上燃气阀、打开门窗;味道浓,就别管了,直接走。",
    "fb_emergency.3": "请马上带家里人到室外。电话可以先挂断,到了室外,再打燃气公司抢修电话,或者幺幺九。",
    "fb_wait": "客服正忙,请您再等一会儿。要留言,请按二。",
    "fb_voicemail": "现在接不上客服,请在嘀声后说您的姓名、电话、地址和故障。说完,请按井号键。",
    "fb_thanks": "录好了,我们会给您回电。感谢您的来电,再见。",
    # while a killed ivr restarts; fb_midcall would promise an agent just before ivr goes on by itself
    "sys_wait": "请稍等,我查一下。",
    "sys_transfer_fail": "抱歉,没接上,我再帮您接一次。",
    "emergency_wait": "客服马上接听。请您先在室外等,别回屋,别开关电器,别用火。",
    "emergency_no_agent": "客服还没接上,请别等我们:现在就打幺幺九,或者燃气公司抢修电话。我们会再联系您。",
    "voicemail_record.ni": "没录到您的声音。",
    "voicemail_record.r1": "请在嘀声后说,说完请按井号键。",
    # to who was in danger and was cut off, before anything else
    "emergency_recall": "您到室外了吗?",
    "callback_hello.1": "您好,汉普顿售后服务给您回电,通话会录音,马上接客服。",
    "callback_hello.2": "您要核实,可以打四零零、幺七二、六零幺幺,报核验码",
    # to who is rung about completed work: said whole before anything is recorded; and when ivr is lost
    "followup_hello": "您好,汉普顿售后服务回访,通话会录音。",
    "fu_later": "好的,改天再打给您,再见。",
    **{f"digit.{digit}": word for digit, word in enumerate("零幺二三四五六七八九")},
    "common_bye": "感谢您的来电,祝您生活愉快,再见。",
    # not in the dialogues: all lines are taken, and a caller in danger must not just hear "busy"
    "limit_busy.1": "抱歉,现在线路都在忙,请您过几分钟再打来。",
    "limit_busy.2": "有燃气味、头晕或者着火,请马上到室外,打幺幺九,或者请按九。",
    # to the duty phone: whoever answers says by a key that he is no mailbox
    "duty_accept": "汉普顿热线,紧急来电。接听,请按一。",
    # and of a danger that nobody takes: who pressed one hears whom to ring, or not to ring, twice
    "duty_told": "有客户留言,说家里有危险,还没有客服回电。请您马上打给客户,号码是",
    "duty_told_cut": "有客户来电说有危险,电话断了。请您马上打给客户,先问是不是到了室外,号码是",
    "duty_told_indoors.1": "有客户来电说有危险,电话断了。客户的号码是屋里的座机,请不要打进去,人可能还在屋里。",
    "duty_told_indoors.2": "请您马上处理:查客户的其他电话和地址,联系燃气公司抢修,或者幺幺九。座机号码是",
}

# What ivr lays out for one waiting caller, joined from these whole sentences. They lie beside the others.
WAITING: Mapping[str, str] = MappingProxyType({
    "queue_place.0": "您是下一位。",
    **{f"queue_place.{ahead}": f"您前面还有{quantity(ahead)}位。" for ahead in range(1, PLACES)},
    **{f"queue_eta.{minutes}": f"大约要等{quantity(minutes)}分钟。" for minutes in range(1, 11)},
    "queue_eta.more": "可能要等十分钟以上。",
    "queue_offer": "不想等的话,位置给您留着,我们打给您,请按一;留言,请按二;继续等,请不用按。",
    "queue_still": "还在为您接客服,谢谢您的耐心。",
    "queue_long": "让您久等了,实在对不起。",
    "queue_retry": "刚才那位客服没接上,我帮您接下一位,您还是排在最前面。",
})  # fmt: skip


def slowly(key: str) -> tuple[Segment, ...]:
    """Return a sentence of WAITING in the parts in which it is said at ELDER_RATE."""
    return slow_parts(Segment(key, hinted(WAITING[key])))
